import { routeKind, type Route } from "../../api/serving/route.ts";
import { knativeServiceKind, type KnativeService } from "../../api/serving/service.ts";
import { findCondition } from "../../api/meta/conditions.ts";
import { NAME_LABEL, RUNTIME_LABEL, DEPLOYER_ANNOTATION, FUNCTION_LABEL } from "../../functions/deploy/service.ts";
import { loadProject } from "../../functions/project/project.ts";
import { UserError } from "../shared/io.ts";
import type { ClusterContext } from "./cluster.ts";
import type { Func } from "./func.ts";
import { resolve } from "node:path";
import type { Settings } from "./settings.ts";

/** A function as it is deployed, as far as commands show it. */
export interface DeployedFunction {
  readonly name: string;
  readonly namespace: string;
  readonly runtime: string;
  readonly deployer: string;
  readonly url: string;
  /** `True`, `False` or `Unknown`. */
  readonly ready: string;
}

export function isFunction({ metadata }: KnativeService): boolean {
  return metadata.labels?.[NAME_LABEL] !== undefined || metadata.labels?.[FUNCTION_LABEL] === "true";
}

export function deployedFunction(service: KnativeService): DeployedFunction {
  const { name = "", namespace = "", labels, annotations } = service.metadata;
  return {
    name: labels?.[NAME_LABEL] ?? name,
    namespace,
    runtime: labels?.[RUNTIME_LABEL] ?? "",
    deployer: annotations?.[DEPLOYER_ANNOTATION] ?? "knative",
    url: service.status?.url ?? "",
    ready: findCondition(service.status?.conditions, "Ready")?.status ?? "Unknown",
  };
}

/** The argument, else the name in the func.yaml of --path. @throws UserError that says how to give one */
export function functionName({ io, name: program }: Func, settings: Settings, given: string | undefined, command: string): string {
  if (given !== undefined && given !== "") return given;
  const loaded = loadProject(resolve(io.cwd, settings.text("path", ".")));
  if (loaded.kind === "ok") return loaded.project.config.name;
  if (loaded.kind === "invalid") throw new UserError(loaded.message);
  throw new UserError(
    `which function? This folder has none: name it (${program} ${command} NAME), or say where it is (--path).\n` +
      `'${program} list' shows the functions that are deployed.`,
  );
}

/** @throws UserError when it is not deployed */
export async function mustBeDeployed({ client, namespace, name: program }: ClusterContext, name: string): Promise<KnativeService> {
  const service = await client.get(knativeServiceKind, { namespace, name });
  if (service !== undefined) return service;
  throw new UserError(`function '${name}' is not deployed in namespace '${namespace}'; '${program} list -A' shows those that are`);
}

/** URLs by which it is reached. */
export async function routesOf({ client, namespace }: ClusterContext, name: string): Promise<string[]> {
  const { items } = await client.list<Route>(routeKind, { namespace, labelSelector: `serving.knative.dev/service=${name}` });
  return items.flatMap(({ status }) => (status?.url === undefined ? [] : [status.url]));
}
