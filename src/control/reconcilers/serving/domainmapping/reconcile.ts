import type { NetworkConfig } from "../../../../api/config/network.ts";
import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { childName } from "../../../../api/names/child-name.ts";
import { DOMAIN_MAPPING_NAMESPACE_LABEL, DOMAIN_MAPPING_UID_LABEL } from "../../../../api/names/labels.ts";
import { ingressKind, type Ingress, type IngressTls } from "../../../../api/networking-internal/ingress.ts";
import { domainMappingKind, type DomainMapping, type DomainMappingStatus } from "../../../../api/serving/domainmapping.ts";
import {
  DOMAIN_MAPPING_CONDITIONS,
  markCertificateFromSecret,
  markDomainClaimed,
  markDomainTaken,
  markDomainUnclaimed,
  markReferenceNotResolved,
  markReferenceResolved,
} from "../../../../api/serving/domainmapping-lifecycle.ts";
import {
  markIngressNotConfigured,
  markIngressNotOwned,
  markTlsNotEnabled,
  propagateIngress,
} from "../../../../api/serving/route-lifecycle.ts";
import type { Informer, Informers } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import { isControlledBy } from "../../../controller/owners.ts";
import type { Occurrence, Recorder } from "../../../controller/recorder.ts";
import type { Tracker } from "../../../controller/tracker.ts";
import { done, type Outcome } from "../../../controller/types.ts";
import { applyChild } from "../shared/apply-child.ts";
import { conditionsOf, isCurrent } from "../shared/conditions.ts";
import {
  dropCertificates,
  makeCertificate,
  markProvisions,
  provideCertificate,
  schemeOf,
  wantsCertificates,
  type CertificateWorld,
} from "../shared/certificates.ts";
import { alignIngress, httpOptionOf, ingressClassOf } from "../shared/ingress.ts";
import { publicUrl, type PublicPorts } from "../shared/public-url.ts";
import { claimDomain, holdMapping, releaseMapping, type ClaimWorld } from "./claim.ts";
import { makeIngress } from "./resources/ingress.ts";
import { kindOf, resolveTarget } from "./target.ts";

export interface DomainMappingWorld extends ClaimWorld, CertificateWorld {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly tracker: Tracker;
  readonly informers: Informers;
  readonly mappings: Informer<DomainMapping>;
  readonly ingresses: Informer<Ingress>;
  readonly ports: PublicPorts;
  network(): NetworkConfig;
}

/** A DomainMapping has its domain, a target that is there, and an Ingress that leads from the one to the other. */
export async function reconcileDomainMapping(world: DomainMappingWorld, key: ObjectKey): Promise<Outcome> {
  const found = world.mappings.get(key);
  if (found === undefined) {
    world.tracker.forget(key);
    return done;
  }
  if (found.metadata.deletionTimestamp !== undefined) {
    await releaseMapping(world, found, world.network().autocreateClusterDomainClaims);
    return done;
  }
  const mapping = await held(world, found);
  const conditions = conditionsOf(DOMAIN_MAPPING_CONDITIONS, mapping, world.clock.now());
  const status: DomainMappingStatus = { ...mapping.status };
  if (!isCurrent(mapping)) markIngressNotConfigured(conditions);
  const failure = await reconcileParts(world, { mapping, status, conditions });
  status.conditions = conditions.conditions;
  status.observedGeneration = mapping.metadata.generation;
  await updateStatusIfChanged(world.client, domainMappingKind, mapping, status);
  if (failure === undefined) return done;
  tell(world, mapping, { type: "Warning", reason: "InternalError", message: failure });
  return { kind: "permanent", reason: failure };
}

async function held(world: DomainMappingWorld, mapping: DomainMapping): Promise<DomainMapping> {
  const updated = await holdMapping(world.client, mapping);
  if (updated === undefined) return mapping;
  const message = `Updated ${JSON.stringify(mapping.metadata.name)} finalizers`;
  tell(world, mapping, { type: "Normal", reason: "FinalizerUpdate", message });
  return updated;
}

/** One mapping in the making; its parts write into `status` and `conditions`. */
interface Draft {
  readonly mapping: DomainMapping;
  readonly status: DomainMappingStatus;
  readonly conditions: ConditionManager;
}

interface Failure {
  readonly failure: string;
}

/** Answers why it went no further. */
async function reconcileParts(world: DomainMappingWorld, draft: Draft): Promise<string | undefined> {
  const network = world.network();
  setUrl(world, draft, network.defaultExternalScheme);
  const kind = kindOf(draft.mapping.spec.ref);
  world.tracker.track(keyOf(draft.mapping), kind === undefined ? [] : [{ kind, key: targetKey(draft.mapping) }]);
  const unclaimed = await reconcileClaim(world, draft, network.autocreateClusterDomainClaims);
  if (unclaimed !== undefined) return unclaimed;
  const tls = await reconcileTls(world, draft, network);
  if ("failure" in tls) return tls.failure;
  const object = kind === undefined ? undefined : world.informers.of(kind).get(targetKey(draft.mapping));
  const resolution = resolveTarget(draft.mapping, kind, object);
  if (resolution.kind === "failed") {
    markReferenceNotResolved(draft.conditions, resolution.why);
    return `resolving reference: ${resolution.why}`;
  }
  markReferenceResolved(draft.conditions);
  const { mapping } = draft;
  const mapped = {
    target: resolution.target,
    tls,
    ingressClass: ingressClassOf(mapping, network),
    httpOption: httpOptionOf(mapping, network),
  };
  return reconcileIngress(world, draft, makeIngress(mapping, mapped));
}

function targetKey({ metadata: { namespace = "" }, spec }: DomainMapping): ObjectKey {
  return { namespace, name: spec.ref.name };
}

function setUrl({ ports }: DomainMappingWorld, { mapping, status }: Draft, scheme: string): void {
  status.url = publicUrl(scheme, mapping.metadata.name ?? "", ports);
  status.address = { url: status.url };
}

async function reconcileClaim(world: DomainMappingWorld, { mapping, conditions }: Draft, mayCreate: boolean): Promise<string | undefined> {
  const { name = "", namespace = "" } = mapping.metadata;
  const claim = await claimDomain(world, mapping, mayCreate);
  if (claim === "claimed") {
    markDomainClaimed(conditions);
    return undefined;
  }
  if (claim === "taken") markDomainTaken(conditions);
  else markDomainUnclaimed(conditions, name, namespace);
  return `namespace ${JSON.stringify(namespace)} does not own ClusterDomainClaim for ${JSON.stringify(name)}`;
}

/** Brings the host its certificate, if it is to have one, and the URL that goes with it. */
async function reconcileTls(world: DomainMappingWorld, draft: Draft, network: NetworkConfig): Promise<IngressTls[] | Failure> {
  const { mapping, conditions } = draft;
  const { name = "", namespace } = mapping.metadata;
  const { tls } = mapping.spec;
  if (tls === undefined && wantsCertificates(mapping, network)) return provide(world, draft, network);
  await dropCertificates(world, mapping, new Set());
  if (tls === undefined) {
    markTlsNotEnabled(conditions);
    return [];
  }
  markCertificateFromSecret(conditions);
  setUrl(world, draft, "https");
  return [{ hosts: [name], secretName: tls.secretName, secretNamespace: namespace }];
}

async function provide(world: DomainMappingWorld, draft: Draft, network: NetworkConfig): Promise<IngressTls[] | Failure> {
  const { mapping, conditions } = draft;
  const { name: host = "", uid = "", namespace = "" } = mapping.metadata;
  const labels = { [DOMAIN_MAPPING_UID_LABEL]: uid, [DOMAIN_MAPPING_NAMESPACE_LABEL]: namespace };
  const desired = makeCertificate(domainMappingKind, mapping, { name: childName(host, ""), host, labels }, network);
  const provision = await provideCertificate(world, mapping, desired);
  markProvisions(conditions, [provision], network);
  setUrl(world, draft, schemeOf(provision, network));
  if (provision.kind === "foreign")
    return { failure: `there is a Certificate ${JSON.stringify(provision.name)} that the DomainMapping does not own` };
  return provision.kind === "ready" ? [provision.tls] : [];
}

async function reconcileIngress(world: DomainMappingWorld, { mapping, conditions }: Draft, desired: Ingress): Promise<string | undefined> {
  const name = desired.metadata.name ?? "";
  const existing = world.ingresses.get(keyOf(desired));
  if (existing !== undefined && !isControlledBy(existing, mapping)) {
    markIngressNotOwned(conditions, name);
    return `DomainMapping ${JSON.stringify(mapping.metadata.name)} does not own Ingress ${JSON.stringify(name)}`;
  }
  const { result, object } = await applyChild(world.client, { kind: ingressKind, existing, desired, align: alignIngress });
  if (result === "created") tell(world, mapping, { type: "Normal", reason: "Created", message: `Created Ingress ${JSON.stringify(name)}` });
  if (isCurrent(object)) propagateIngress(conditions, object.status?.conditions);
  else markIngressNotConfigured(conditions);
  return undefined;
}

type Told = Pick<Occurrence, "type" | "reason" | "message">;

function tell({ recorder }: DomainMappingWorld, mapping: DomainMapping, told: Told): void {
  recorder.record({ kind: domainMappingKind, object: mapping, ...told });
}
