import { Command } from "commander";
import { deploymentKind } from "../../api/apps/deployment.ts";
import type { DataDirectory } from "../../app/data-directory.ts";
import { podKind } from "../../api/core/pod.ts";
import { knativeServiceKind } from "../../api/serving/service.ts";
import type { Io } from "../shared/io.ts";
import { connect, dataDirectoryOf, requireRunning, type RunningPlatform } from "./running.ts";

interface Counts {
  readonly services: number;
  readonly readyServices: number;
  readonly deployments: number;
  readonly pods: number;
}

export function statusCommand(io: Io): Command {
  return new Command("status")
    .description("say whether the platform runs, and where")
    .option("--data-dir <folder>", "where the platform keeps its data")
    .option("--json", "print one JSON object")
    .action(async (options: { dataDir?: string; json?: boolean }) => {
      const directory = dataDirectoryOf(io, options.dataDir);
      const running = await requireRunning(directory);
      const counts = await count(running);
      if (options.json === true)
        io.stdout.write(`${JSON.stringify({ ...running, dataDir: directory.path, log: directory.log, ...counts })}\n`);
      else io.stdout.write(format(running, directory, counts));
    });
}

async function count(running: RunningPlatform): Promise<Counts> {
  await using connection = connect(running);
  const { client } = connection;
  const [services, deployments, pods] = await Promise.all([
    client.list(knativeServiceKind),
    client.list(deploymentKind),
    client.list(podKind),
  ]);
  const ready = services.items.filter((service) =>
    service.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
  );
  return {
    services: services.items.length,
    readyServices: ready.length,
    deployments: deployments.items.length,
    pods: pods.items.length,
  };
}

function format(running: RunningPlatform, directory: DataDirectory, counts: Counts): string {
  const rows: [string, string][] = [
    ["API server", running.apiServer],
    ["Gateway", running.gateway],
    ["over HTTPS", running.gatewayTls],
    ["Authority", running.authority],
    ["Registry", running.registry],
    ["Kubeconfig", running.kubeconfig],
    ["Data", directory.path],
    ["Log", directory.log],
    ["Process", String(running.pid)],
    ["Services", `${counts.services} (${counts.readyServices} ready)`],
    ["Pods", String(counts.pods)],
  ];
  return rows.map(([label, value]) => `${label.padEnd(12)}${value}\n`).join("");
}
