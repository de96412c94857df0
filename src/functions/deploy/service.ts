import type { Container, Probe } from "../../api/k8s/types.generated.ts";
import { knativeServiceKind, type KnativeService } from "../../api/serving/service.ts";
import { apiVersionOf } from "../../api/meta/kind.ts";
import type { DeployConfig, FunctionConfig } from "../project/config.ts";
import { containerEnv } from "./env.ts";
import { containerVolumes } from "./volumes.ts";

export interface ServiceInput {
  readonly config: FunctionConfig;
  readonly namespace: string;
  /** With digest. */
  readonly image: string;
  /** Environment of whoever deploys, for `{{ env:X }}`. */
  readonly local: Readonly<Record<string, string | undefined>>;
  /** RFC 3339; makes each deployment a revision of its own. */
  readonly builtAt: string;
}

export const FUNCTION_LABEL = "boson.dev/function";
export const NAME_LABEL = "function.knative.dev/name";
export const RUNTIME_LABEL = "function.knative.dev/runtime";
const DOMAIN_LABEL = "func.domain";
export const DEPLOYER_ANNOTATION = "function.knative.dev/deployer";

const PORT = 8080;

/** The Service of a function. @throws EnvError */
export function makeService({ config, namespace, image, local, builtAt }: ServiceInput): KnativeService {
  const deploy = config.deploy ?? {};
  const labels = makeLabels(config, local);
  const annotations = { ...deploy.annotations, [DEPLOYER_ANNOTATION]: "knative" };
  const { env, envFrom } = containerEnv(config.run?.envs, local);
  const { volumes, volumeMounts } = containerVolumes(config.run?.volumes);
  const container: Container = {
    name: "user-container",
    image,
    ports: [{ containerPort: PORT }],
    env: [{ name: "BUILT", value: builtAt }, { name: "ADDRESS", value: "0.0.0.0" }, ...env],
    ...(envFrom.length === 0 ? {} : { envFrom }),
    ...(volumeMounts.length === 0 ? {} : { volumeMounts }),
    livenessProbe: probe(deploy.healthEndpoints?.liveness ?? "/health/liveness"),
    readinessProbe: probe(deploy.healthEndpoints?.readiness ?? "/health/readiness"),
    resources: resourcesOf(deploy),
    securityContext: {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
  const concurrency = deploy.options?.resources?.limits?.concurrency;
  const spec = {
    containers: [container],
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(deploy.serviceAccountName ? { serviceAccountName: deploy.serviceAccountName } : {}),
    ...(deploy.imagePullSecret ? { imagePullSecrets: [{ name: deploy.imagePullSecret }] } : {}),
    ...(concurrency === undefined ? {} : { containerConcurrency: concurrency }),
  };
  return {
    apiVersion: apiVersionOf(knativeServiceKind),
    kind: knativeServiceKind.kind,
    metadata: { name: config.name, namespace, labels, annotations },
    spec: { template: { metadata: { labels, annotations: { ...annotations, ...scaleAnnotations(deploy) } }, spec } },
  } as KnativeService;
}

/** What an update leaves alone: everything that we do not set. The template's name is the server's business. */
export function mergeService(existing: KnativeService, desired: KnativeService): KnativeService {
  const { template } = desired.spec ?? {};
  return {
    ...existing,
    metadata: {
      ...existing.metadata,
      labels: { ...existing.metadata.labels, ...desired.metadata.labels },
      annotations: { ...existing.metadata.annotations, ...desired.metadata.annotations },
    },
    spec: { ...existing.spec, ...(template === undefined ? {} : { template }) },
  } as KnativeService;
}

function makeLabels(config: FunctionConfig, local: ServiceInput["local"]): Record<string, string> {
  const own = (config.deploy?.labels ?? []).map(({ key, value = "" }) => ({ name: key, value }));
  const { env } = containerEnv(own, local);
  return {
    ...Object.fromEntries(env.map(({ name, value = "" }) => [name, value])),
    [FUNCTION_LABEL]: "true",
    [NAME_LABEL]: config.name,
    [RUNTIME_LABEL]: config.runtime,
    ...(config.domain ? { [DOMAIN_LABEL]: config.domain } : {}),
  };
}

function probe(path: string): Probe {
  return { httpGet: { path, port: PORT } };
}

function resourcesOf({ options }: DeployConfig): NonNullable<Container["resources"]> {
  const { requests, limits } = options?.resources ?? {};
  const amounts = (given: { cpu?: string; memory?: string } = {}) =>
    Object.fromEntries(
      Object.entries({ cpu: given.cpu, memory: given.memory }).filter((entry): entry is [string, string] => Boolean(entry[1])),
    );
  return {
    ...(requests === undefined ? {} : { requests: amounts(requests) }),
    ...(limits === undefined ? {} : { limits: amounts(limits) }),
  };
}

function scaleAnnotations({ options }: DeployConfig): Record<string, string> {
  const { min, max, metric, target, utilization } = options?.scale ?? {};
  const entries = { "min-scale": min, "max-scale": max, metric, target, "target-utilization-percentage": utilization };
  return Object.fromEntries(
    Object.entries(entries).flatMap(([name, value]) => (value === undefined ? [] : [[`autoscaling.knative.dev/${name}`, String(value)]])),
  );
}
