import { Command } from "commander";
import { podKind } from "../../api/core/pod.ts";
import type { Pod } from "../../api/k8s/types.generated.ts";
import { delay } from "../../std/abort.ts";
import { parseGoDuration } from "../../std/duration.ts";
import { UserError } from "../shared/io.ts";
import { withCluster, type ClusterContext } from "./cluster.ts";
import { addPath, addSwitch, addVerbose, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { functionName, mustBeDeployed } from "./function-service.ts";
import { settingsOf } from "./settings.ts";

const CONTAINER = "user-container";
/** Between two looks for instances that are new, while following. */
const LOOK_MS = 500;

export function logsCommand(func: Func): Command {
  const command = new Command("logs")
    .addOption(text("--name <string>", "Name of the function; that of --path unless given"))
    .addOption(text("-n, --namespace <string>", "Namespace of the function"))
    .addOption(text("--since <duration>", "How far back, e.g. 30s, 5m, 2h", { default: "1m" }));
  addSwitch(command, "-f, --follow", "Go on with what is logged from now on, also by instances that start later");
  return addVerbose(addPath(command)).action(async () => {
    const settings = settingsOf(command, func.io);
    const since = settings.text("since", "1m");
    const sinceMs = parseGoDuration(since);
    if (sinceMs === undefined || sinceMs < 0)
      throw new UserError(`--since must be a duration such as 30s or 5m, not ${JSON.stringify(since)}`);
    const name = functionName(func, settings, settings.text("name"), "logs");
    await withCluster(func, settings, async (context) => {
      await mustBeDeployed(context, name);
      const print = (line: string) => void func.io.stdout.write(line);
      await logs(context, { name, sinceSeconds: Math.max(1, Math.ceil(sinceMs / 1000)), follow: settings.isOn("follow"), print });
    });
  });
}

interface Asked {
  readonly name: string;
  readonly sinceSeconds: number;
  readonly follow: boolean;
  readonly print: (text: string) => void;
}

async function logs(context: ClusterContext, asked: Asked): Promise<void> {
  const { client, namespace, clock, signal } = context;
  const read = new Set<string>();
  const streams: Promise<void>[] = [];
  for (;;) {
    const { items } = await client.list(podKind, { namespace, labelSelector: `serving.knative.dev/service=${asked.name}` });
    for (const pod of items.filter(({ metadata, status }) => !read.has(metadata.uid ?? "") && hasStarted(status))) {
      read.add(pod.metadata.uid ?? "");
      streams.push(stream(context, pod, asked));
    }
    if (!asked.follow) break;
    await delay(clock, LOOK_MS, signal);
  }
  await Promise.all(streams);
  if (read.size === 0) context.io.stderr.write(`no instance of '${asked.name}' runs, so there is nothing to read\n`);
}

function hasStarted(status: Pod["status"]): boolean {
  return (status?.containerStatuses ?? []).some(({ name, state }) => name === CONTAINER && state?.waiting === undefined);
}

async function stream({ transport, namespace, signal }: ClusterContext, pod: Pod, { sinceSeconds, follow, print }: Asked): Promise<void> {
  const query = new URLSearchParams({ container: CONTAINER, sinceSeconds: String(sinceSeconds), ...(follow ? { follow: "true" } : {}) });
  const url = `http://cluster/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/log?${query}`;
  const answer = await transport(new Request(url, { signal }));
  if (!answer.ok || answer.body === null) return; // gone between list and read
  const decoder = new TextDecoder();
  for await (const chunk of answer.body) print(decoder.decode(chunk as Uint8Array, { stream: true }));
}
