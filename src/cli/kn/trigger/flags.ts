import type { Option } from "commander";
import { UserError } from "../../shared/io.ts";
import { sinkOption } from "../eventing/sink.ts";
import { commaList, text } from "../flags.ts";

export interface TriggerFlags {
  readonly broker?: string;
  readonly filter?: readonly string[];
  readonly sink?: string;
}

export function triggerOptions(): Option[] {
  return [
    text("--broker <string>", "Name of the Broker which the trigger associates with. (default default)"),
    commaList(
      "--filter <strings>",
      "Key-value pair for exact CloudEvent attribute matching against incoming events, e.g. type=dev.knative.foo. " +
        "In an update 'type-' removes one.",
    ),
    sinkOption(),
  ];
}

/** `K=V` each. Throws UserError. */
export function filtersOf(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((value) => {
      const at = value.indexOf("=");
      if (at < 0) {
        throw new UserError(`Invalid --filter: argument requires a value that contains the "=" delimiter; got ${JSON.stringify(value)}`);
      }
      return [value.slice(0, at), value.slice(at + 1)];
    }),
  );
}
