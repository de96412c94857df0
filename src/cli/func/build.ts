import { Command } from "commander";
import { builtImage } from "../../functions/build/fingerprint.ts";
import { UserError } from "../shared/io.ts";
import { imageAtHand } from "./build-image.ts";
import { withCluster } from "./cluster.ts";
import { addConfirm, addPath, addSwitch, addVerbose, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { chooseImage, namedImage } from "./image-name.ts";
import { checkBuilder } from "./local-build.ts";
import { functionOf } from "./project.ts";
import { canPush, pushImage } from "./push-image.ts";
import { settingsOf, type Settings } from "./settings.ts";
import type { Project } from "../../functions/project/project.ts";

/** Flags that building and deploying have in common. */
export function addBuildFlags(command: Command): Command {
  command
    .addOption(text("-b, --builder <string>", "host; pack and s2i need a container engine"))
    .addOption(text("--builder-image <string>", "Builder image of pack and s2i"))
    .addOption(text("--base-image <string>", "Image below the function's, e.g. python:3.13-slim"))
    .addOption(text("-i, --image <string>", "Name of the image; wins over --registry"))
    .addOption(text("-r, --registry <string>", "Registry and namespace of the image, e.g. ghcr.io/myuser"))
    .addOption(text("--platform <os/arch>", "Platforms to build for, e.g. linux/amd64,linux/arm64; that of this machine unless given"))
    .addOption(text("--username <string>", "User of the registry"))
    .addOption(text("--password <string>", "Password of the registry"))
    .addOption(text("--token <string>", "Token of the registry"))
    .addOption(text("--registry-authfile <path>", "File with the registry's credentials"));
  addSwitch(command, "--build-timestamp", "Write the time of the build into the image; it is then another image each time");
  return addSwitch(command, "--registry-insecure", "Do not check the registry's certificate");
}

export function buildCommand(func: Func): Command {
  const command = new Command("build").description(
    [
      "Build a function's image",
      "Without a container engine, into .func/build/oci. Nothing leaves this machine unless --push is given.",
      `\tFrom the folder of the function:\n\t${func.name} build`,
      `\tAnd push it:\n\t${func.name} build --registry ghcr.io/myuser --push`,
    ].join("\n\n"),
  );
  addBuildFlags(command);
  addSwitch(command, "-u, --push", "Push the image once it is built");
  return addVerbose(addConfirm(addPath(command))).action(async () => {
    const settings = settingsOf(command, func.io);
    const project = functionOf(func, settings, "build");
    const all = settings.with(project.config);
    checkBuilder(func, all.text("builder"), all.source("builder"));
    const pushes = all.isOn("push");
    const reference = await referenceOf(func, all, project, pushes);
    if (pushes) await canPush(func, all, reference);
    const { layout } = await imageAtHand(func, all, project, reference);
    if (pushes) await pushImage(func, all, { layout, reference });
  });
}

/** To build, a name is enough that a later push can change; to push, there must be a registry. */
async function referenceOf(func: Func, settings: Settings, project: Project, pushes: boolean): Promise<string> {
  const named = namedImage(settings, project);
  if (named !== undefined) {
    if (named.reference.includes("@"))
      throw new UserError("--image with a digest names an image that is there already: there is nothing to build");
    return named.reference;
  }
  if (pushes) return (await withCluster(func, settings, (context) => chooseImage(func, settings, project, context))).reference;
  return (await builtImage(project.root)) ?? `kinetic.local/default/${project.config.name}:latest`;
}
