import { readFile } from "node:fs/promises";
import type { KnativeService } from "../../../api/serving/service.ts";
import { isRecord } from "../../../std/json.ts";
import { UserError } from "../../shared/io.ts";
import { parseYaml } from "../../shared/yaml.ts";

/** The Service of a YAML or JSON file; its name must be `name`, if that is given. */
export async function readServiceFile(path: string, name: string | undefined): Promise<KnativeService> {
  const content = await readFile(path, "utf8").catch(() => {
    throw new UserError(`open ${path}: no such file or directory`);
  });
  return parseServiceManifest(content, path, name);
}

export async function parseServiceManifest(content: string, path: string, name: string | undefined): Promise<KnativeService> {
  const value = await parseYaml(content, path);
  if (!isService(value)) throw new UserError(`${path} does not hold a Service of serving.knative.dev/v1`);
  const own = value.metadata.name ?? "";
  if (name !== undefined && own !== "" && own !== name) {
    throw new UserError(`provided service name '${name}' doesn't match name from file '${own}'`);
  }
  return { ...value, metadata: { ...value.metadata, name: name ?? own } };
}

function isService(value: unknown): value is KnativeService {
  if (!isRecord(value) || value["kind"] !== "Service" || value["apiVersion"] !== "serving.knative.dev/v1") return false;
  const { metadata, spec } = value;
  return isRecord(metadata) && isRecord(spec) && isRecord(spec["template"]) && isRecord(spec["template"]["spec"]);
}
