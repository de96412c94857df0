import type { Option } from "commander";
import type { ContainerSource } from "../../../../api/sources/container-source.ts";
import { deepClone } from "../../../../std/json.ts";
import { sinkOption } from "../../eventing/sink.ts";
import { many } from "../../flags.ts";
import { podContainerOptions, type ServiceFlags } from "../../service/flags.ts";
import { applyContainer } from "../../service/spec/container.ts";
import { applyEnv } from "../../service/spec/env.ts";
import { withExtraContainers } from "../../service/spec/extra-containers.ts";
import { applyVolumes } from "../../service/spec/volumes.ts";
import type { SourceWords } from "../group.ts";

export const CONTAINER: SourceWords = { group: "container", title: "ContainerSource" };

export interface ContainerFlags extends ServiceFlags {
  readonly sink?: string;
}

export function containerOptions(): Option[] {
  const volume = many("--volume <stringArray>", "Add a volume: NAME=cm:CONFIGMAP, NAME=secret:SECRET and the like; 'NAME-' removes.");
  return [...podContainerOptions(), volume, sinkOption()];
}

type Template = NonNullable<ContainerSource["spec"]["template"]>;

/** The template with the flags applied to its first container. */
export function withContainer(old: Template | undefined, flags: ContainerFlags): Template {
  const template: Template = deepClone(old ?? { metadata: {}, spec: { containers: [] } });
  const spec = template.spec ?? { containers: [] };
  const [first = { name: "" }, ...rest] = spec.containers;
  applyContainer(first, flags);
  applyEnv(first, flags);
  applyVolumes(spec, first, flags);
  spec.containers = withExtraContainers([first, ...rest], flags.extraContainers ?? []);
  if (flags.serviceAccount !== undefined) spec.serviceAccountName = flags.serviceAccount;
  if (flags.pullSecret) spec.imagePullSecrets = [{ name: flags.pullSecret }];
  return { ...template, spec };
}
