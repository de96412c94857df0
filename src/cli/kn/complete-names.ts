import type { Command, Option } from "commander";
import type { KindRef } from "../../api/meta/kind.ts";
import type { CompletionRequest, Values } from "../shared/completion.ts";
import { commandPath } from "../shared/command-tree.ts";
import { inContext, type Kn } from "./kn.ts";
import { DOMAIN_MAPPING, REVISION, ROUTE, SERVICE } from "./refs.ts";

const KINDS: Readonly<Record<string, KindRef>> = { service: SERVICE, revision: REVISION, route: ROUTE, domain: DOMAIN_MAPPING };
const FLAGS: Readonly<Record<string, KindRef>> = { "--service": SERVICE, "--prune": SERVICE, "--ref": SERVICE };

/**
 * Names of services, revisions, routes and domains from the API, and a file for an import. Nothing when it does not answer:
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
  const [, group = ""] = commandPath(command).split(" ");
  const takesNames = command.commands.length === 0 && command.name() !== "create"; // create takes a name that is new
  return takesNames ? KINDS[group] : undefined;
}

function kindOfValue(option: Option): KindRef | undefined {
  return FLAGS[option.long ?? ""];
}
