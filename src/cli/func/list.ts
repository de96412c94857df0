import { Command } from "commander";
import { knativeServiceKind } from "../../api/serving/service.ts";
import { revisionKind } from "../../api/serving/revision.ts";
import { UserError } from "../shared/io.ts";
import { renderTable } from "../shared/table.ts";
import { withCluster, type ClusterContext } from "./cluster.ts";
import { addSwitch, addVerbose, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { deployedFunction, isFunction, type DeployedFunction } from "./function-service.ts";
import { settingsOf } from "./settings.ts";

interface Row extends DeployedFunction {
  readonly replicas: number;
}

const HEADER = ["NAME", "NAMESPACE", "RUNTIME", "DEPLOYER", "URL", "READY", "REPLICAS"];

export function listCommand(func: Func): Command {
  const command = new Command("list")
    .addOption(text("-n, --namespace <string>", "Namespace of the functions"))
    .addOption(text("-o, --output <string>", "human, plain, json or yaml", { default: "human" }));
  return addVerbose(addSwitch(command, "-A, --all-namespaces", "List functions of all namespaces")).action(async () => {
    const settings = settingsOf(command, func.io);
    const output = settings.text("output", "human");
    if (!["human", "plain", "json", "yaml"].includes(output))
      throw new UserError(`format not recognized: ${output}; use human, plain, json or yaml`);
    await withCluster(func, settings, async (context) => {
      const everywhere = settings.isOn("all-namespaces");
      const rows = await rowsOf(context, everywhere ? undefined : context.namespace);
      if (output === "json" || output === "yaml") return func.io.stdout.write(await structured(rows, output));
      if (rows.length > 0) return func.io.stdout.write(tableOf(rows));
      return func.io.stdout.write(emptyText(func.name, everywhere ? undefined : context.namespace));
    });
  });
}

async function rowsOf({ client }: ClusterContext, namespace: string | undefined): Promise<Row[]> {
  const { items } = await client.list(knativeServiceKind, namespace === undefined ? {} : { namespace });
  const functions = items.filter(isFunction);
  const rows = functions.map(async (service): Promise<Row> => {
    const { name = "", namespace: of = "" } = service.metadata;
    const latest = service.status?.latestReadyRevisionName;
    const revision = latest === undefined ? undefined : await client.get(revisionKind, { namespace: of, name: latest });
    return { ...deployedFunction(service), name, replicas: revision?.status?.actualReplicas ?? 0 };
  });
  return (await Promise.all(rows)).toSorted((a, b) => a.namespace.localeCompare(b.namespace) || a.name.localeCompare(b.name));
}

function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ name, namespace, runtime, deployer, url, ready, replicas }) => [
    name,
    namespace,
    runtime,
    deployer,
    url,
    ready,
    String(replicas),
  ]);
  return renderTable([HEADER, ...cells]);
}

async function structured(rows: readonly Row[], output: "json" | "yaml"): Promise<string> {
  return output === "json" ? `${JSON.stringify(rows, null, 2)}\n` : (await import("yaml")).stringify(rows);
}

function emptyText(program: string, namespace: string | undefined): string {
  const where = namespace === undefined ? "in any namespace" : `in namespace '${namespace}'`;
  return [
    `no functions found ${where}`,
    "",
    "Functions have to be deployed to be listed:",
    `  ${program} create --language go myfunction`,
    `  cd myfunction && ${program} deploy`,
    "",
    `Those of all namespaces: ${program} list --all-namespaces`,
    "",
  ].join("\n");
}
