import type { Command } from "commander";
import type { ContainerSource } from "../../../../api/sources/container-source.ts";
import { createCommandOf } from "../../eventing/commands.ts";
import { CONTAINER_SOURCE } from "../../eventing/refs.ts";
import { resolveSink } from "../../eventing/sink.ts";
import type { Kn } from "../../kn.ts";
import { withFiles } from "../../service/flag-files.ts";
import { doneText } from "../group.ts";
import { CONTAINER, containerOptions, withContainer, type ContainerFlags } from "./flags.ts";

export function containerCreateCommand(kn: Kn): Command {
  return createCommandOf<ContainerSource, ContainerFlags>(kn, {
    kind: CONTAINER_SOURCE,
    usage: "NAME --image IMAGE --sink SINK",
    description: "Create a container source",
    nameMissing: "requires the name of the source to create as single argument",
    options: containerOptions(),
    required: ["image", "sink"],
    async make(context, flags) {
      const sink = await resolveSink(context, flags.sink ?? "");
      return { spec: { template: withContainer(undefined, await withFiles(kn, flags)), sink } };
    },
    done: doneText(CONTAINER, "created"),
  });
}
