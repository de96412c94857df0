import type { Command } from "commander";
import type { KReference } from "../../../api/duck/destination.ts";
import { UserError } from "../../shared/io.ts";
import { createCommandOf } from "../eventing/commands.ts";
import { EVENT_TYPE } from "../eventing/refs.ts";
import { text } from "../flags.ts";
import type { Kn } from "../kn.ts";

interface EventTypeFlags {
  readonly type?: string;
  readonly source?: string;
  readonly broker?: string;
  readonly reference?: string;
}

export function eventTypeCreateCommand(kn: Kn): Command {
  return createCommandOf<NonNullable<(typeof EVENT_TYPE)["object"]>, EventTypeFlags>(kn, {
    kind: EVENT_TYPE,
    usage: "NAME --type TYPE",
    description: "Create eventtype",
    nameMissing: "'eventtype create' requires the eventtype name given as single argument",
    options: [
      text("-t, --type <string>", "Cloud Event type"),
      text("--source <string>", "Cloud Event source"),
      text(
        "-b, --broker <string>",
        "Cloud Event broker. This flag is added for the convenience, since Eventing v1beta2 brokers as represented as KReference type.",
      ),
      text("-r, --reference <string>", "Addressable Reference producing events, as apiVersion:kind:name."),
    ],
    required: ["type"],
    check(_name, { broker, reference }) {
      if (broker && reference)
        throw new UserError("use only one of '--broker' or '--reference'. '--broker' refers to a Broker by its name");
      if (reference !== undefined) referenceOf(reference);
    },
    make: async (_context, { type, source, broker, reference }) => ({
      spec: {
        ...(type === undefined ? {} : { type }),
        ...(source === undefined ? {} : { source }),
        ...(broker ? { reference: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: broker } } : {}),
        ...(reference === undefined ? {} : { reference: referenceOf(reference) }),
      },
    }),
    done: (name, namespace) => `Eventtype '${name}' successfully created in namespace '${namespace}'.\n`,
  });
}

function referenceOf(value: string): KReference {
  const [apiVersion, kind, name, ...rest] = value.split(":");
  if (apiVersion && kind && name && rest.length === 0) return { apiVersion, kind, name };
  throw new UserError(`invalid reference ${value} (expected: apiVersion:kind:name)`);
}
