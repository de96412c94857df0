import type { Command } from "commander";
import type { Container, Volume } from "../../../api/k8s/types.generated.ts";
import { UserError } from "../../shared/io.ts";
import { yamlText } from "../../shared/print-object.ts";
import { leaf } from "../group.ts";
import type { Kn } from "../kn.ts";
import { withFiles } from "../service/flag-files.ts";
import { podContainerOptions, type ServiceFlags } from "../service/flags.ts";
import { applyContainer } from "../service/spec/container.ts";
import { applyEnv } from "../service/spec/env.ts";
import { withExtraContainers } from "../service/spec/extra-containers.ts";
import { applyVolumes } from "../service/spec/volumes.ts";
import { goContainer } from "../service/target/go-shape.ts";

/** Prints a PodSpec, for `--containers` of another command. */
export function containerAddCommand(kn: Kn): Command {
  const command = leaf("add", "NAME", "Add a container");
  for (const option of podContainerOptions()) command.addOption(option);
  return command.action(async (words: string[], given: ServiceFlags) => {
    const [name] = words;
    if (name === undefined || words.length > 1) {
      throw new UserError("'container add' requires the container name given as single argument");
    }
    if (given.image === undefined) {
      throw new UserError("'container add' requires the image name to run provided with the --image option");
    }
    kn.io.stdout.write(await yamlText(podSpecOf(name, await withFiles(kn, given))));
  });
}

interface PodPart {
  containers: Container[];
  volumes?: Volume[] | undefined;
  serviceAccountName?: string;
  imagePullSecrets?: { name: string }[];
}

/** The container that the flags describe, then those that `--containers` named. */
export function podSpecOf(name: string, flags: ServiceFlags): PodPart {
  const container: Container = { name };
  const pod: PodPart = { containers: [] };
  applyContainer(container, flags);
  applyEnv(container, flags);
  applyVolumes(pod, container, flags);
  pod.containers = withExtraContainers([goContainer(container)], flags.extraContainers ?? []);
  if (flags.serviceAccount) pod.serviceAccountName = flags.serviceAccount;
  if (flags.pullSecret) pod.imagePullSecrets = [{ name: flags.pullSecret }];
  return pod;
}
