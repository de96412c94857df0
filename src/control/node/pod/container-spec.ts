import { join } from "node:path";
import type { Container, Pod } from "../../../api/k8s/types.generated.ts";
import type { LocalImage } from "../../../api/ports/images.ts";
import { parseQuantity, quantityMilli, quantityValue } from "../../../std/quantity.ts";
import type { ContainerSpec, DnsRequest, EnvEntry, Mount, SandboxImage, SecurityRequest } from "../drivers/contract.ts";
import { expandVariables } from "./expand.ts";
import type { Sandbox } from "./sandbox.ts";
import { volumeAlias } from "./volumes.ts";

/** The controller's name rather than the pod's, so that a parked instance can serve the next pod. */
export function hostnameOf({ metadata, spec }: Pod): string {
  const revision = metadata.labels?.["serving.knative.dev/revision"];
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)?.name;
  return spec?.hostname ?? revision ?? owner ?? metadata.name ?? "";
}

/** The environment beneath the Pod's own: image, host name. */
export function baseEnv(pod: Pod, image: LocalImage): readonly EnvEntry[] {
  const fromImage = image.config.env.map((entry) => {
    const at = entry.indexOf("=");
    return { name: at < 0 ? entry : entry.slice(0, at), value: at < 0 ? "" : entry.slice(at + 1) };
  });
  return [...fromImage, { name: "HOSTNAME", value: hostnameOf(pod) }];
}

/** PORT becomes the port that the container really has: the one it names, else its first. */
export function withRealPort(env: readonly EnvEntry[], container: Container, ports: ReadonlyMap<number, number>): readonly EnvEntry[] {
  const stated = Number(env.findLast(({ name }) => name === "PORT")?.value);
  const own = (container.ports ?? []).map(({ containerPort }) => containerPort);
  const wanted = own.includes(stated) ? stated : own[0];
  const real = wanted === undefined ? undefined : ports.get(wanted);
  if (real === undefined) return env;
  return [...env.filter(({ name }) => name !== "PORT"), { name: "PORT", value: String(real) }];
}

const DEFAULT_TERMINATION_MESSAGE_PATH = "/dev/termination-log";

export interface SpecInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly image: LocalImage;
  /** Resolved, without the real port. */
  readonly env: readonly EnvEntry[];
  readonly sandbox: Sandbox;
  readonly containerId: string;
  readonly logPath: string;
}

export function containerSpec({ pod, container, image, env, sandbox, containerId, logPath }: SpecInput): ContainerSpec {
  const real = withRealPort(env, container, sandbox.ports);
  const values = new Map(real.map(({ name, value }) => [name, value]));
  const expand = (list: readonly string[] | undefined) => list?.map((text) => expandVariables(text, values));
  const command = expand(container.command);
  const args = expand(container.args);
  const limits = container.resources?.limits;
  const bytes = amount(limits?.["memory"], quantityValue);
  const diskBytes = amount(limits?.["ephemeral-storage"], quantityValue);
  const requestMilli = amount(container.resources?.requests?.["cpu"], quantityMilli);
  const limitMilli = amount(limits?.["cpu"], quantityMilli);
  return {
    podUid: pod.metadata.uid ?? "",
    podName: pod.metadata.name ?? "",
    namespace: pod.metadata.namespace ?? "",
    container: container.name,
    containerId,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    env: real,
    workingDir: container.workingDir ?? "",
    image: sandboxImage(image),
    mounts: mountsOf(container, sandbox, values),
    folder: sandbox.folder,
    ...(bytes === undefined ? {} : { memoryLimitBytes: bytes }),
    ...(diskBytes === undefined ? {} : { diskLimitBytes: diskBytes }),
    cpu: { ...(requestMilli === undefined ? {} : { requestMilli }), ...(limitMilli === undefined ? {} : { limitMilli }) },
    hostname: hostnameOf(pod),
    hostAliases: (pod.spec?.hostAliases ?? []).map(({ ip, hostnames = [] }) => ({ ip, hostnames })),
    ...(sandbox.network === undefined ? {} : { network: sandbox.network, dns: dnsOf(pod) }),
    terminationMessage: {
      path: container.terminationMessagePath ?? DEFAULT_TERMINATION_MESSAGE_PATH,
      hostPath: sandbox.terminationMessagePath(container.name),
    },
    security: securityOf(pod, container),
    ...(container.stdin === true ? { stdin: { once: container.stdinOnce === true } } : {}),
    ...(container.tty === true ? { tty: true } : {}),
    logPath,
  };
}

function dnsOf({ spec }: Pod): DnsRequest {
  const { nameservers = [], searches = [], options = [] } = spec?.dnsConfig ?? {};
  const policy = spec?.dnsPolicy === "Default" || spec?.dnsPolicy === "None" ? spec.dnsPolicy : "ClusterFirst";
  const texts = options.flatMap(({ name, value }) => (name === undefined ? [] : [value === undefined ? name : `${name}:${value}`]));
  return { policy, nameservers, searches, options: texts };
}

function amount(text: string | number | undefined, measure: typeof quantityValue): number | undefined {
  const quantity = text === undefined ? undefined : parseQuantity(String(text));
  return quantity === undefined ? undefined : measure(quantity);
}

function sandboxImage({ reference, digest, rootfs, config }: LocalImage): SandboxImage {
  const { entrypoint, cmd, workingDir, user, labels } = config;
  return { reference, digest, rootfs, entrypoint, cmd, workingDir, user, labels };
}

function mountsOf(container: Container, sandbox: Sandbox, values: ReadonlyMap<string, string>): readonly Mount[] {
  return (container.volumeMounts ?? []).map(({ name, mountPath, readOnly, subPath, subPathExpr }) => {
    const inside = subPathExpr === undefined ? (subPath ?? "") : expandVariables(subPathExpr, values);
    return { volume: volumeAlias(name), mountPath, readOnly: readOnly ?? false, hostPath: join(sandbox.volumePath(name), inside) };
  });
}

function securityOf(pod: Pod, container: Container): SecurityRequest {
  const { hostNetwork, hostPID, hostIPC, securityContext: common } = pod.spec ?? { containers: [] };
  const own = container.securityContext;
  const runAsUser = own?.runAsUser ?? common?.runAsUser;
  const runAsGroup = own?.runAsGroup ?? common?.runAsGroup;
  return {
    privileged: own?.privileged ?? false,
    readOnlyRootFilesystem: own?.readOnlyRootFilesystem ?? false,
    hostNamespaces: hostNetwork === true || hostPID === true || hostIPC === true,
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
    ...containerSecurity(own),
    ...(common?.supplementalGroups === undefined ? {} : { supplementalGroups: common.supplementalGroups }),
    ...(common?.fsGroup === undefined ? {} : { fsGroup: common.fsGroup }),
    ...seccompOf((own?.seccompProfile ?? common?.seccompProfile)?.type),
    runAsNonRoot: own?.runAsNonRoot ?? common?.runAsNonRoot ?? false,
  };
}

function containerSecurity(own: Container["securityContext"]): Partial<SecurityRequest> {
  const { allowPrivilegeEscalation, capabilities } = own ?? {};
  return {
    ...(allowPrivilegeEscalation === undefined ? {} : { allowPrivilegeEscalation }),
    ...(capabilities?.add === undefined ? {} : { addCapabilities: capabilities.add }),
    ...(capabilities?.drop === undefined ? {} : { dropCapabilities: capabilities.drop }),
  };
}

function seccompOf(type: string | undefined): Pick<SecurityRequest, "seccompProfile"> {
  return type === undefined ? {} : { seccompProfile: type };
}
