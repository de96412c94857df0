import { Command } from "commander";
import { knativeServiceKind } from "../../api/serving/service.ts";
import { delay } from "../../std/abort.ts";
import { UserError } from "../shared/io.ts";
import { withCluster, type ClusterContext } from "./cluster.ts";
import { addConfirm, addPath, addSwitch, addVerbose, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { functionName, isFunction, mustBeDeployed } from "./function-service.ts";
import { settingsOf } from "./settings.ts";

const TIMEOUT_MS = 120_000;
const POLL_MS = 100;

export function deleteCommand(func: Func): Command {
  const command = new Command("delete").argument("[name]").addOption(text("-n, --namespace <string>", "Namespace of the function"));
  addSwitch(command, "-a, --all", "Also delete what was made for building it on the cluster");
  return addVerbose(addConfirm(addPath(command))).action(async (given: string | undefined) => {
    const settings = settingsOf(command, func.io);
    const name = functionName(func, settings, given, "delete");
    await withCluster(func, settings, async (context) => {
      const service = await mustBeDeployed(context, name);
      if (!isFunction(service)) throw new UserError(`Service '${name}' is not a function; 'kn service delete ${name}' deletes it`);
      await context.client.delete(knativeServiceKind, { namespace: context.namespace, name }, { propagationPolicy: "Foreground" });
      await gone(context, name, service.metadata.uid ?? "");
    });
  });
}

/** Its revisions, routes and pods go first; then it is no longer there. */
async function gone({ client, namespace, clock, signal }: ClusterContext, name: string, uid: string): Promise<void> {
  const deadlineMs = clock.monotonicMs() + TIMEOUT_MS;
  for (;;) {
    const service = await client.get(knativeServiceKind, { namespace, name });
    if (service === undefined || service.metadata.uid !== uid) return;
    if (clock.monotonicMs() > deadlineMs) throw new UserError(`function '${name}' is still being deleted after ${TIMEOUT_MS / 1000} s`);
    await delay(clock, POLL_MS, signal);
  }
}
