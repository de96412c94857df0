import type { ConditionManager, ConditionSet } from "../meta/conditions.ts";
import { CERTIFICATE_PROVISIONED, INGRESS_READY } from "./route-lifecycle.ts";

const DOMAIN_CLAIMED = "DomainClaimed";
const REFERENCE_RESOLVED = "ReferenceResolved";

export const DOMAIN_MAPPING_CONDITIONS: ConditionSet = {
  happy: "Ready",
  dependents: [DOMAIN_CLAIMED, REFERENCE_RESOLVED, INGRESS_READY, CERTIFICATE_PROVISIONED],
};

export function markDomainClaimed(conditions: ConditionManager): void {
  conditions.markTrue(DOMAIN_CLAIMED);
}

export function markDomainTaken(conditions: ConditionManager): void {
  conditions.markFalse(DOMAIN_CLAIMED, "DomainAlreadyClaimed", "The domain name is already in use by another DomainMapping");
}

/** Nobody has claimed the domain, and we may not. */
export function markDomainUnclaimed(conditions: ConditionManager, domain: string, namespace: string): void {
  const message =
    `There is no ClusterDomainClaim ${JSON.stringify(domain)} for namespace ${JSON.stringify(namespace)}, ` +
    "and autocreate-cluster-domain-claims is off in config-network.";
  conditions.markFalse(DOMAIN_CLAIMED, "DomainClaimFailed", message);
}

export function markReferenceResolved(conditions: ConditionManager): void {
  conditions.markTrue(REFERENCE_RESOLVED);
}

export function markReferenceNotResolved(conditions: ConditionManager, why: string): void {
  conditions.markFalse(REFERENCE_RESOLVED, "ResolveFailed", why);
}

export function markCertificateFromSecret(conditions: ConditionManager): void {
  conditions.markTrue(CERTIFICATE_PROVISIONED, "CertificateExternallyProvided", "TLS certificate was provided externally");
}
