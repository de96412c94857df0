/** The heart of create, update and apply: flags onto a Service, without any IO. */
import type { Container } from "../../../../api/k8s/types.generated.ts";
import type { Revision } from "../../../../api/serving/revision.ts";
import type { KnativeService } from "../../../../api/serving/service.ts";
import { rfc3339 } from "../../../../std/clock.ts";
import type { Random } from "../../../../std/random.ts";
import { deepClone } from "../../../../std/json.ts";
import { UserError } from "../../../shared/io.ts";
import { UPDATE_TIMESTAMP_ANNOTATION, USER_IMAGE_ANNOTATION } from "../../refs.ts";
import { applyContainer, type ContainerFlags } from "./container.ts";
import { applyEnv, type EnvFlags } from "./env.ts";
import { applyMetadata, type MetadataFlags } from "./metadata.ts";
import { withExtraContainers } from "./extra-containers.ts";
import { applyPlacement, type PlacementFlags } from "./placement.ts";
import { revisionNameOf } from "./revision-name.ts";
import { applyVolumes, type VolumeFlags } from "./volumes.ts";

export interface SpecFlags extends ContainerFlags, EnvFlags, VolumeFlags, MetadataFlags, PlacementFlags {
  readonly concurrencyLimit?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly serviceAccount?: string;
  readonly pullSecret?: string;
  /** What `--containers` names. */
  readonly extraContainers?: readonly Container[];
  readonly revisionName?: string;
  readonly lockToDigest?: boolean;
}

export interface Change {
  readonly flags: SpecFlags;
  readonly mode: "create" | "update" | "apply";
  /** Epoch milliseconds. */
  readonly now: number;
  readonly random: Random;
  /** The revision whose resolved image is kept when the image does not change. */
  readonly base?: Revision | undefined;
}

/** Flags that do not touch the template. */
const WITHOUT_REVISION = new Set(["labelService", "annotationService"]);

/** Whether these flags make a new revision. */
export function makesRevision(flags: SpecFlags): boolean {
  return SPEC_FLAGS.some((name) => flags[name] !== undefined && !WITHOUT_REVISION.has(name));
}

/** A new Service with the flags applied. Throws UserError for what can never be right. */
export function withFlags(service: KnativeService, change: Change): KnativeService {
  const { flags } = change;
  const draft = deepClone(service);
  const container = userContainer(draft);
  applyContainer(container, flags);
  applyEnv(container, flags);
  applyVolumes(draft.spec.template.spec, container, flags);
  applyPod(draft, flags);
  applyPlacement(draft.spec.template.spec, flags);
  applyMetadata(draft, flags);
  applyImageLock(draft, container, change);
  applyRevisionName(draft, change);
  applyExtraContainers(draft, flags);
  if (change.mode !== "apply" && (change.mode === "create" || makesRevision(flags))) {
    annotate(draft, UPDATE_TIMESTAMP_ANNOTATION, rfc3339(change.now));
  }
  return draft;
}

function userContainer(service: KnativeService): Container {
  const { spec } = service.spec.template;
  const containers = (spec.containers ??= []);
  const serving = containers.find((container) => (container.ports?.length ?? 0) > 0) ?? containers[0];
  if (serving !== undefined) return serving;
  const added: Container = { name: "" };
  containers.push(added);
  return added;
}

function applyPod(service: KnativeService, flags: SpecFlags): void {
  const { spec } = service.spec.template;
  const { concurrencyLimit, timeout, serviceAccount, pullSecret } = flags;
  if (concurrencyLimit !== undefined) {
    if (concurrencyLimit < 0) throw new UserError(`invalid concurrency-limit ${concurrencyLimit} (must not be less than 0)`);
    spec.containerConcurrency = concurrencyLimit;
  }
  if (timeout !== undefined) spec.timeoutSeconds = timeout;
  if (serviceAccount !== undefined) spec.serviceAccountName = serviceAccount === "" ? undefined : serviceAccount;
  if (pullSecret !== undefined) spec.imagePullSecrets = pullSecret === "" ? undefined : [{ name: pullSecret }];
}

function applyExtraContainers({ spec: { template } }: KnativeService, { extraContainers }: SpecFlags): void {
  if (extraContainers === undefined) return;
  template.spec.containers = withExtraContainers(template.spec.containers ?? [], extraContainers);
}

/** The user's name of the image is kept beside it; without a new image the resolved one stays. */
function applyImageLock(service: KnativeService, container: Container, { flags, mode, base }: Change): void {
  const { template } = service.spec;
  const remembered = template.metadata?.annotations?.[USER_IMAGE_ANNOTATION];
  if (flags.lockToDigest === false) {
    delete template.metadata?.annotations?.[USER_IMAGE_ANNOTATION];
    if (flags.image === undefined && remembered !== undefined) container.image = remembered;
    return;
  }
  if (mode === "update" && (!makesRevision(flags) || (remembered === undefined && flags.lockToDigest === undefined))) return;
  const image = container.image ?? "";
  const byDigest = image.includes("@") && flags.image === undefined;
  annotate(service, USER_IMAGE_ANNOTATION, byDigest && remembered !== undefined ? remembered : image);
  if (flags.image === undefined && base !== undefined) freeze(container, base);
}

function freeze(container: Container, base: Revision): void {
  const running = base.spec.containers?.find((candidate) => candidate.image === container.image);
  if (running === undefined) throw new UserError("could not freeze image to digest since current revision contains unexpected image");
  const digest = base.status?.containerStatuses?.find((status) => status.name === running.name)?.imageDigest;
  if (digest !== undefined && digest !== "") container.image = digest;
}

function applyRevisionName(service: KnativeService, { flags, mode, random }: Change): void {
  if (flags.revisionName === undefined) return;
  const generation = (service.metadata.generation ?? 0) + 1;
  const name = revisionNameOf(flags.revisionName, { service: service.metadata.name ?? "", generation, random });
  const metadata = (service.spec.template.metadata ??= {});
  if (name !== "") metadata.name = name;
  else if (mode === "update") delete metadata.name;
}

function annotate(service: KnativeService, key: string, value: string): void {
  const metadata = (service.spec.template.metadata ??= {});
  metadata.annotations = { ...metadata.annotations, [key]: value };
}

const SPEC_FLAGS = [
  "image",
  "cmd",
  "arg",
  "port",
  "limit",
  "request",
  "user",
  "pullPolicy",
  "securityContext",
  "probeLiveness",
  "probeLivenessOpts",
  "probeReadiness",
  "probeReadinessOpts",
  "env",
  "envFileLines",
  "envFrom",
  "envValueFrom",
  "mount",
  "volume",
  "label",
  "labelService",
  "labelRevision",
  "annotation",
  "annotationService",
  "annotationRevision",
  "clusterLocal",
  "profile",
  "scale",
  "scaleMin",
  "scaleMax",
  "scaleInit",
  "scaleActivation",
  "scaleTarget",
  "scaleMetric",
  "scaleUtilization",
  "scaleWindow",
  "concurrencyLimit",
  "timeout",
  "serviceAccount",
  "pullSecret",
  "nodeSelector",
  "toleration",
  "nodeAffinity",
  "extraContainers",
  "revisionName",
  "lockToDigest",
] as const satisfies readonly (keyof SpecFlags)[];
