import { Command } from "commander";
import { triggerKind } from "../../api/eventing/trigger.ts";
import { isNotFound } from "../../api/meta/errors.ts";
import type { KnativeService } from "../../api/serving/service.ts";
import { UserError } from "../shared/io.ts";
import { withCluster, type ClusterContext } from "./cluster.ts";
import { addPath, addVerbose, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { deployedFunction, functionName, mustBeDeployed, routesOf, type DeployedFunction } from "./function-service.ts";
import { settingsOf } from "./settings.ts";

interface Described extends DeployedFunction {
  readonly image: string;
  readonly route: string;
  readonly routes: readonly string[];
  readonly subscriptions: readonly { readonly source: string; readonly type: string; readonly broker: string }[];
  readonly labels: Readonly<Record<string, string>>;
}

const FORMATS = ["human", "plain", "json", "yaml", "url"];

export function describeCommand(func: Func): Command {
  const command = new Command("describe")
    .argument("[name]")
    .addOption(text("-n, --namespace <string>", "Namespace of the function"))
    .addOption(text("-o, --output <string>", FORMATS.join(", "), { default: "human" }));
  return addVerbose(addPath(command)).action(async (given: string | undefined) => {
    const settings = settingsOf(command, func.io);
    const output = settings.text("output", "human");
    if (!FORMATS.includes(output)) throw new UserError(`format not recognized: ${output}; use ${FORMATS.join(", ")}`);
    const name = functionName(func, settings, given, "describe");
    await withCluster(func, settings, async (context) => {
      const described = await describe(context, await mustBeDeployed(context, name));
      func.io.stdout.write(await printed(described, output));
    });
  });
}

async function describe(context: ClusterContext, service: KnativeService): Promise<Described> {
  const { name = "", labels = {} } = service.metadata;
  const deployed = deployedFunction(service);
  const routes = await routesOf(context, name);
  return {
    ...deployed,
    image: service.spec?.template?.spec?.containers?.[0]?.image ?? "",
    route: deployed.url,
    routes: routes.length === 0 && deployed.url !== "" ? [deployed.url] : routes,
    subscriptions: await subscriptionsOf(context, name),
    labels,
  };
}

/** Where Eventing is not there, or not for this user, there are none to tell of. */
async function subscriptionsOf({ client, namespace }: ClusterContext, name: string): Promise<Described["subscriptions"]> {
  const triggers = await client.list(triggerKind, { namespace }).catch((error: unknown) => {
    if (isNotFound(error) || error instanceof UserError || (error as { code?: number }).code === 403) return { items: [] };
    throw error;
  });
  return triggers.items
    .filter(({ spec }) => spec.subscriber?.ref?.name === name)
    .map(({ spec }) => ({
      source: spec.filter?.attributes?.["source"] ?? "",
      type: spec.filter?.attributes?.["type"] ?? "",
      broker: spec.broker ?? "",
    }));
}

async function printed(described: Described, output: string): Promise<string> {
  switch (output) {
    case "json":
      return `${JSON.stringify(described, null, 2)}\n`;
    case "yaml":
      return (await import("yaml")).stringify(described);
    case "url":
      return `${described.route}\n`;
    case "plain":
      return plain(described);
    default:
      return human(described);
  }
}

function plain({ name, image, namespace, runtime, deployer, ready, routes, subscriptions }: Described): string {
  const lines = [
    `Name ${name}`,
    `Image ${image}`,
    `Namespace ${namespace}`,
    `Runtime ${runtime}`,
    `Deployer ${deployer}`,
    `Ready ${ready}`,
  ];
  const more = [
    ...routes.map((url) => `Route ${url}`),
    ...subscriptions.map(({ source, type, broker }) => `Subscription ${source} ${type} ${broker}`),
  ];
  return [...lines, ...more, ""].join("\n");
}

function human({ name, image, namespace, deployer, ready, routes, subscriptions, labels }: Described): string {
  const block = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? "" : `${title}:\n${lines.map((line) => `  ${line}\n`).join("")}\n`;
  return [
    block("Function name", [name]),
    block("Function is built in image", [image]),
    block("Function is deployed in namespace", [namespace]),
    block("Routes", routes),
    block("Ready", [ready]),
    block("Deployer", [deployer]),
    block(
      "Subscriptions (Source, Type, Broker)",
      subscriptions.map(({ source, type, broker }) => [source, type, broker].join("  ")),
    ),
    block(
      "Labels",
      Object.entries(labels).map(([key, value]) => `${key}: ${value}`),
    ),
  ].join("");
}
