import type { Container } from "../../../../api/k8s/types.generated.ts";
import { isRecord } from "../../../../std/json.ts";
import { UserError } from "../../../shared/io.ts";
import { parseYaml } from "../../../shared/yaml.ts";

/** The containers beside the one that serves: one of a known name is replaced, others come last. */
export function withExtraContainers(containers: readonly Container[], extra: readonly Container[]): Container[] {
  if (containers.length === 1) return [...containers, ...extra];
  const byName = new Map(extra.map((container) => [container.name, container]));
  const known = new Set(containers.map((container) => container.name));
  return [
    ...containers.map((container) => byName.get(container.name) ?? container),
    ...extra.filter((container) => !known.has(container.name)),
  ];
}

/** The containers of a PodSpec in YAML or JSON, as `kn container add` prints one. */
export async function parseContainers(content: string, path: string): Promise<Container[]> {
  const pod = await parseYaml(content, path);
  const containers = isRecord(pod) ? pod["containers"] : undefined;
  if (!Array.isArray(containers) || !containers.every(isRecord)) {
    throw new UserError(`${path} does not hold a PodSpec: a list "containers" is missing`);
  }
  return containers as unknown as Container[];
}
