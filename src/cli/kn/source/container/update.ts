import type { Command } from "commander";
import type { ContainerSource } from "../../../../api/sources/container-source.ts";
import { updateCommandOf } from "../../eventing/commands.ts";
import { CONTAINER_SOURCE } from "../../eventing/refs.ts";
import { optionalSink } from "../../eventing/sink.ts";
import type { Kn } from "../../kn.ts";
import { withFiles } from "../../service/flag-files.ts";
import { doneText } from "../group.ts";
import { CONTAINER, containerOptions, withContainer, type ContainerFlags } from "./flags.ts";

export function containerUpdateCommand(kn: Kn): Command {
  return updateCommandOf<ContainerSource, ContainerFlags>(kn, {
    kind: CONTAINER_SOURCE,
    noun: "container source",
    usage: "NAME",
    description: "Update a container source",
    nameMissing: "requires the name of the source as single argument",
    options: containerOptions(),
    async change(context, old, flags) {
      const sink = await optionalSink(context, flags.sink);
      const template = withContainer(old.spec.template, await withFiles(kn, flags));
      return { ...old, spec: { ...old.spec, template, ...(sink === undefined ? {} : { sink }) } };
    },
    done: doneText(CONTAINER, "updated"),
  });
}
