import { Type } from "typebox";
import type {
  Affinity,
  Container,
  ContainerPort,
  EnvFromSource,
  EnvVar,
  HostAlias,
  LocalObjectReference,
  PodDNSConfig,
  PodSecurityContext,
  PodSpec,
  Probe,
  ResourceRequirements,
  SecurityContext,
  Toleration,
  TopologySpreadConstraint,
  Volume,
  VolumeMount,
} from "../k8s/types.generated.ts";
import type { JsonSchema } from "../meta/schema.ts";
import { int32, int64, intOrString, opaque, optional, ref, stringMap, toJsonSchema } from "../duck/typebox.ts";

/**
 * The part of a PodSpec that the CustomResourceDefinitions of Serving know. What is not here is pruned with a warning
 * (lifecycle, stdin, hostPort ...); what is here but not allowed is refused by validation with a reason. Nothing is
 * required by the schema: missing members are the validation's to report, in its own words.
 */
const CORE = "io.k8s.api.core.v1";

const handlers = {
  exec: optional(Type.Object({ command: optional(Type.Array(Type.String())) })),
  grpc: optional(Type.Object({ port: optional(int32()), service: optional(Type.String()) })),
  httpGet: optional(
    Type.Object({
      host: optional(Type.String()),
      httpHeaders: optional(Type.Array(Type.Object({ name: Type.String(), value: Type.String() }))),
      path: optional(Type.String()),
      port: optional(intOrString()),
      scheme: optional(Type.String()),
    }),
  ),
  tcpSocket: optional(Type.Object({ host: optional(Type.String()), port: optional(intOrString()) })),
};

const probe = Type.Unsafe<Probe>(
  Type.Object({
    ...handlers,
    failureThreshold: optional(int32()),
    initialDelaySeconds: optional(int32()),
    periodSeconds: optional(int32()),
    successThreshold: optional(int32()),
    terminationGracePeriodSeconds: optional(int64()),
    timeoutSeconds: optional(int32()),
  }),
);

const envVar = Type.Unsafe<EnvVar>(
  Type.Object({
    name: optional(Type.String()),
    value: optional(Type.String()),
    valueFrom: optional(
      Type.Object({
        configMapKeyRef: optional(ref(`${CORE}.ConfigMapKeySelector`)),
        fieldRef: optional(opaque()),
        resourceFieldRef: optional(opaque()),
        secretKeyRef: optional(ref(`${CORE}.SecretKeySelector`)),
      }),
    ),
  }),
);

const port = Type.Unsafe<ContainerPort>(
  Type.Object({ containerPort: optional(int32()), name: optional(Type.String()), protocol: optional(Type.String()) }),
);

const securityContext = Type.Unsafe<SecurityContext>(
  Type.Object({
    allowPrivilegeEscalation: optional(Type.Boolean()),
    capabilities: optional(Type.Object({ add: optional(Type.Array(Type.String())), drop: optional(Type.Array(Type.String())) })),
    privileged: optional(Type.Boolean()),
    readOnlyRootFilesystem: optional(Type.Boolean()),
    runAsGroup: optional(int64()),
    runAsNonRoot: optional(Type.Boolean()),
    runAsUser: optional(int64()),
    seccompProfile: optional(Type.Object({ localhostProfile: optional(Type.String()), type: optional(Type.String()) })),
  }),
);

const volumeMount = Type.Unsafe<VolumeMount>(
  Type.Object({
    mountPath: optional(Type.String()),
    mountPropagation: optional(Type.String()),
    name: optional(Type.String()),
    readOnly: optional(Type.Boolean()),
    subPath: optional(Type.String()),
  }),
);

const containerSchema = Type.Unsafe<Container>(
  Type.Object({
    args: optional(Type.Array(Type.String())),
    command: optional(Type.Array(Type.String())),
    env: optional(Type.Array(envVar)),
    envFrom: optional(Type.Array(ref<EnvFromSource>(`${CORE}.EnvFromSource`))),
    image: optional(Type.String()),
    imagePullPolicy: optional(Type.String()),
    livenessProbe: optional(probe),
    name: optional(Type.String()),
    ports: optional(Type.Array(port)),
    readinessProbe: optional(probe),
    resources: optional(ref<ResourceRequirements>(`${CORE}.ResourceRequirements`)),
    securityContext: optional(securityContext),
    startupProbe: optional(probe),
    terminationMessagePath: optional(Type.String()),
    terminationMessagePolicy: optional(Type.String()),
    volumeMounts: optional(Type.Array(volumeMount)),
    workingDir: optional(Type.String()),
  }),
);

const volumeSchema = Type.Unsafe<Volume>(
  Type.Object({
    configMap: optional(ref(`${CORE}.ConfigMapVolumeSource`)),
    csi: optional(opaque()),
    emptyDir: optional(opaque()),
    ephemeral: optional(opaque()),
    hostPath: optional(opaque()),
    image: optional(opaque()),
    name: optional(Type.String()),
    persistentVolumeClaim: optional(opaque()),
    projected: optional(ref(`${CORE}.ProjectedVolumeSource`)),
    secret: optional(ref(`${CORE}.SecretVolumeSource`)),
  }),
);

/** Members of a PodSpec inside a RevisionSpec. */
export const podSpecProperties = {
  affinity: optional(opaque<Affinity>()),
  automountServiceAccountToken: optional(Type.Boolean()),
  containers: Type.Unsafe<Container[]>(nullableArray(containerSchema)),
  dnsConfig: optional(opaque<PodDNSConfig>()),
  dnsPolicy: optional(Type.String()),
  enableServiceLinks: optional(Type.Boolean()),
  hostAliases: optional(Type.Array(opaque<HostAlias>())),
  hostIPC: optional(Type.Boolean()),
  hostNetwork: optional(Type.Boolean()),
  hostPID: optional(Type.Boolean()),
  imagePullSecrets: optional(Type.Array(ref<LocalObjectReference>(`${CORE}.LocalObjectReference`))),
  initContainers: optional(Type.Array(containerSchema)),
  nodeSelector: optional(stringMap()),
  priorityClassName: optional(Type.String()),
  runtimeClassName: optional(Type.String()),
  schedulerName: optional(Type.String()),
  securityContext: optional(opaque<PodSecurityContext>()),
  serviceAccountName: optional(Type.String()),
  shareProcessNamespace: optional(Type.Boolean()),
  tolerations: optional(Type.Array(opaque<Toleration>())),
  topologySpreadConstraints: optional(Type.Array(opaque<TopologySpreadConstraint>())),
  volumes: optional(Type.Array(volumeSchema)),
};

/** Null reaches validation, which answers for it in the words that upstream's schema uses. */
function nullableArray(items: Parameters<typeof toJsonSchema>[0]): JsonSchema & object {
  return { type: "array", items: toJsonSchema(items), nullable: true };
}

/** The members of a PodSpec that a revision may carry at all. */
export type RevisionPodSpec = Pick<PodSpec, keyof typeof podSpecProperties>;
