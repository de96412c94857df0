import type { Command, Option } from "commander";
import type { KindRef } from "../../api/meta/kind.ts";
import type { CompletionRequest, Values } from "../shared/completion.ts";
import { commandPath } from "../shared/command-tree.ts";
import { inContext, type Kn } from "./kn.ts";
import {
  API_SERVER_SOURCE,
  BROKER,
  CHANNEL,
  CONTAINER_SOURCE,
  EVENT_TYPE,
  PING_SOURCE,
  SINK_BINDING,
  SUBSCRIPTION,
  TRIGGER,
} from "./eventing/refs.ts";
import { DOMAIN_MAPPING, REVISION, ROUTE, SERVICE } from "./refs.ts";

/** Group, below `kn`, to the kind of its objects. */
const KINDS: Readonly<Record<string, KindRef>> = {
  service: SERVICE,
  revision: REVISION,
  route: ROUTE,
  domain: DOMAIN_MAPPING,
  broker: BROKER,
  trigger: TRIGGER,
  channel: CHANNEL,
  subscription: SUBSCRIPTION,
  eventtype: EVENT_TYPE,
  "source apiserver": API_SERVER_SOURCE,
  "source binding": SINK_BINDING,
  "source container": CONTAINER_SOURCE,
  "source ping": PING_SOURCE,
};
const FLAGS: Readonly<Record<string, KindRef>> = { "--service": SERVICE, "--prune": SERVICE, "--ref": SERVICE, "--broker": BROKER };

/**
 * Names of what a command is about from the API, and a file for an import. Nothing when it does not answer:
 * completion never complains.
 */
export function completeNames(kn: Kn): Values {
  return async (request) => {
    if (request.option === undefined && request.command.name() === "import") return undefined;
    const kind = request.option === undefined ? kindOfArguments(request.command) : kindOfValue(request.option);
    if (kind === undefined) return [];
    const names = await namesOf(kn, kind, request).catch(() => []);
    return names.filter((name) => !request.operands.includes(name)).toSorted();
  };
}

async function namesOf(kn: Kn, kind: KindRef, { command, args }: CompletionRequest): Promise<string[]> {
  command.parseOptions([...args]); // for --namespace, --kubeconfig and the like
  const names: string[] = [];
  await inContext(kn, command, async (context) => {
    const { items } = await context.client.list(kind, { namespace: context.namespace });
    names.push(...items.map((item) => item.metadata.name ?? ""));
  });
  return names;
}

function kindOfArguments(command: Command): KindRef | undefined {
  const group = commandPath(command).split(" ").slice(1, -1).join(" ");
  const takesNames = command.commands.length === 0 && command.name() !== "create"; // create takes a name that is new
  return takesNames ? KINDS[group] : undefined;
}

function kindOfValue(option: Option): KindRef | undefined {
  return FLAGS[option.long ?? ""];
}
