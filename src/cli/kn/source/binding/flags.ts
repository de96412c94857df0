import type { Option } from "commander";
import type { BindingSubject } from "../../../../api/sources/sink-binding.ts";
import { UserError } from "../../../shared/io.ts";
import { labelsOf, labelsText } from "../../eventing/labels.ts";
import { overrideOption, type OverrideFlags } from "../../eventing/pairs.ts";
import { sinkOption } from "../../eventing/sink.ts";
import { text } from "../../flags.ts";
import type { SourceWords } from "../group.ts";

export const BINDING: SourceWords = { group: "binding", title: "Sink binding" };

export interface BindingFlags extends OverrideFlags {
  readonly subject?: string;
  readonly sink?: string;
}

export function bindingOptions(): Option[] {
  return [
    text(
      "--subject <string>",
      "Subject which emits cloud events: kind:apiVersion:name for a named resource, or kind:apiVersion:labelKey1=value1,labelKey2=value2.",
    ),
    overrideOption(),
    sinkOption(),
  ];
}

/** Throws UserError. */
export function subjectOf(value: string, namespace: string): BindingSubject {
  const [kind = "", apiVersion = "", ...rest] = value.split(":");
  const last = rest.join(":");
  if (rest.length === 0) throw new UserError(`invalid subject argument '${value}': not in format kind:api/version:nameOrSelector`);
  const subject = { kind, apiVersion, namespace };
  if (!last.includes("=")) return { ...subject, name: last };
  const matchLabels = labelsOf(last);
  if (matchLabels === undefined) throw new UserError(`invalid subject label selector '${last}', expected format: key1=value,key2=value`);
  return { ...subject, selector: { matchLabels } };
}

/** `Deployment:apps/v1:web` */
export function subjectText({ kind = "", apiVersion = "", name, selector }: BindingSubject): string {
  return `${kind}:${apiVersion}:${name || labelsText(selector)}`;
}
