import { apiVersionOf } from "../../../../api/meta/kind.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import { clusterDomainClaimKind, type ClusterDomainClaim } from "../../../../api/networking-internal/clusterdomainclaim.ts";
import { domainMappingKind, type DomainMapping } from "../../../../api/serving/domainmapping.ts";
import type { Client, Informer } from "../../../../client/types.ts";

/** What frees the domain when a mapping goes. */
const FINALIZER = "domainmappings.serving.knative.dev";

export interface ClaimWorld {
  readonly client: Client;
  readonly claims: Informer<ClusterDomainClaim>;
}

export type Claim = "claimed" | "taken" | "unclaimed";

/** Claims the domain for the mapping's namespace, if it may; an administrator may have done it before. */
export async function claimDomain(world: ClaimWorld, mapping: DomainMapping, mayCreate: boolean): Promise<Claim> {
  const existing = world.claims.get(claimKey(mapping));
  if (existing !== undefined) return existing.spec.namespace === mapping.metadata.namespace ? "claimed" : "taken";
  if (!mayCreate) return "unclaimed";
  await world.client.create(clusterDomainClaimKind, makeClaim(mapping));
  return "claimed";
}

function makeClaim({ metadata: { name = "", namespace = "" } }: DomainMapping): ClusterDomainClaim {
  return { apiVersion: apiVersionOf(clusterDomainClaimKind), kind: clusterDomainClaimKind.kind, metadata: { name }, spec: { namespace } };
}

function claimKey({ metadata: { name = "" } }: DomainMapping) {
  return { namespace: "", name };
}

/** Makes sure that the mapping does not go before its domain is free again. Undefined: that is so already. */
export async function holdMapping(client: Client, mapping: DomainMapping): Promise<DomainMapping | undefined> {
  const { finalizers = [] } = mapping.metadata;
  return finalizers.includes(FINALIZER) ? undefined : setFinalizers(client, mapping, [...finalizers, FINALIZER]);
}

/** Frees the domain, if the claim is ours to free, and then the mapping. */
export async function releaseMapping(world: ClaimWorld, mapping: DomainMapping, mayDelete: boolean): Promise<void> {
  const { finalizers = [], namespace } = mapping.metadata;
  if (!finalizers.includes(FINALIZER)) return;
  // Asked of the server: the claim may have been made a moment ago.
  const claim = mayDelete ? await world.client.get(clusterDomainClaimKind, claimKey(mapping)) : undefined;
  if (claim?.spec.namespace === namespace && claim !== undefined) await world.client.delete(clusterDomainClaimKind, keyOf(claim));
  const rest = finalizers.filter((name) => name !== FINALIZER);
  await setFinalizers(world.client, mapping, rest);
}

function setFinalizers(client: Client, mapping: DomainMapping, finalizers: readonly string[]): Promise<DomainMapping> {
  const { resourceVersion } = mapping.metadata;
  return client.patch(domainMappingKind, keyOf(mapping), { type: "merge", body: { metadata: { resourceVersion, finalizers } } });
}
