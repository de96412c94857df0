/** What the form of func.yaml cannot say: names, quantities, entries that contradict each other. */
import { parseGoDuration } from "../../../std/duration.ts";
import { parseQuantity } from "../../../std/quantity.ts";
import type { BuildConfig, DeployConfig, FunctionConfig } from "../config.ts";
import { checkEnvs } from "./envs.ts";
import { checkLabels } from "./labels.ts";
import { domainErrors, functionNameErrors, namespaceErrors } from "./names.ts";
import { checkVolumes } from "./volumes.ts";

export interface Problem {
  /** `run.envs.0` */
  readonly path: string;
  readonly text: string;
}

/** What was read may lack anything that the form found wrong. */
type Draft = Partial<FunctionConfig> & { readonly run?: { readonly kafka?: object } };

/** Everything that is wrong, in the order of the file's fields. */
export function checkConfig(config: Draft): Problem[] {
  return [
    ...named("name", config.name, functionNameErrors),
    ...named("domain", config.domain, domainErrors),
    ...named("namespace", config.namespace, namespaceErrors),
    ...named("created", config.created, timeErrors),
    ...checkBuild(config.build ?? {}),
    ...checkVolumes(config.run?.volumes ?? [], "run.volumes"),
    ...checkEnvs(config.run?.envs ?? [], "run.envs", "run"),
    ...named("run.startTimeout", config.run?.startTimeout, durationErrors),
    ...checkKafka(config),
    ...checkDeploy(config.deploy ?? {}),
  ];
}

function named(path: string, value: string | undefined, errors: (value: string) => readonly string[]): Problem[] {
  return value === undefined ? [] : errors(value).map((reason) => ({ path, text: `${path} is ${JSON.stringify(value)}: ${reason}` }));
}

function timeErrors(value: string): string[] {
  return /^\d{4}-\d\d-\d\d[T ]/.test(value) && !Number.isNaN(Date.parse(value)) ? [] : ["must be a time, as 2026-01-31T12:00:00Z"];
}

function durationErrors(value: string): string[] {
  return parseGoDuration(value) === undefined ? ["must be a duration, as 90s or 2m"] : [];
}

function quantityErrors(value: string): string[] {
  return parseQuantity(value) === undefined ? ["must be a quantity, as 500m or 128Mi"] : [];
}

function checkBuild(build: BuildConfig): Problem[] {
  const outside = (value: string) =>
    value.startsWith("/") || value.split("/").includes("..") ? ["must be a folder in the repository"] : [];
  return [
    ...named("build.git.contextDir", build.git?.contextDir, outside),
    ...checkEnvs(build.buildEnvs ?? [], "build.buildEnvs", "build"),
    ...named("build.pvcSize", build.pvcSize, quantityErrors),
    ...(build.volumes ?? []).flatMap(({ hostPath, path }: { hostPath?: string; path?: string }, index) =>
      hostPath === undefined || path === undefined
        ? [{ path: `build.volumes.${index}`, text: `build volume entry #${index} needs hostPath and path` }]
        : [],
    ),
  ];
}

function checkKafka({ run, runtime, invoke }: Draft): Problem[] {
  if (run?.kafka === undefined || (runtime === "go" && invoke === "cloudevent")) return [];
  return [{ path: "run.kafka", text: "run.kafka is only for functions in Go that are invoked with CloudEvents" }];
}

function checkDeploy(deploy: DeployConfig): Problem[] {
  const { requests, limits } = deploy.options?.resources ?? {};
  const resources = "deploy.options.resources";
  const { liveness, readiness } = deploy.healthEndpoints ?? {};
  const route = (value: string) => (value.startsWith("/") ? [] : ["must start with '/'"]);
  return [
    ...named("deploy.namespace", deploy.namespace, namespaceErrors),
    ...checkScale(deploy),
    ...named(`${resources}.requests.cpu`, requests?.cpu, quantityErrors),
    ...named(`${resources}.requests.memory`, requests?.memory, quantityErrors),
    ...named(`${resources}.limits.cpu`, limits?.cpu, quantityErrors),
    ...named(`${resources}.limits.memory`, limits?.memory, quantityErrors),
    ...checkLabels(deploy.labels ?? [], "deploy.labels"),
    ...named("deploy.healthEndpoints.liveness", liveness, route),
    ...named("deploy.healthEndpoints.readiness", readiness, route),
    ...named("deploy.serviceAccountName", deploy.serviceAccountName, domainErrors),
    ...named("deploy.imagePullSecret", deploy.imagePullSecret, domainErrors),
    ...(deploy.subscriptions ?? []).flatMap(({ source }: { source?: string }, index) =>
      source === undefined ? [{ path: `deploy.subscriptions.${index}`, text: `subscription entry #${index} has no source` }] : [],
    ),
  ];
}

function checkScale(deploy: DeployConfig): Problem[] {
  const { min, max } = deploy.options?.scale ?? {};
  if (min === undefined || max === undefined || max === 0 || min <= max) return [];
  return [{ path: "deploy.options.scale.min", text: `deploy.options.scale.min is ${min}, more than max, which is ${max}` }];
}
