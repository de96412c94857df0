import { findCondition, type Condition, type ConditionManager, type ConditionSet } from "../meta/conditions.ts";

export const ALL_TRAFFIC_ASSIGNED = "AllTrafficAssigned";
export const INGRESS_READY = "IngressReady";
export const CERTIFICATE_PROVISIONED = "CertificateProvisioned";

export const ROUTE_CONDITIONS: ConditionSet = {
  happy: "Ready",
  dependents: [ALL_TRAFFIC_ASSIGNED, INGRESS_READY, CERTIFICATE_PROVISIONED],
};

export const REVISION_MISSING = "RevisionMissing";
export const CONFIGURATION_MISSING = "ConfigurationMissing";
export const REVISION_NOT_OWNED = "RevisionNotOwned";
export const INGRESS_NOT_CONFIGURED = "IngressNotConfigured";

/** Why one target of the traffic cannot be served yet, or at all. */
export type TargetFault =
  | { readonly kind: "missing"; readonly target: "Configuration" | "Revision"; readonly name: string }
  | { readonly kind: "unready"; readonly target: "Configuration" | "Revision"; readonly name: string; readonly failed: boolean }
  | { readonly kind: "notOwned"; readonly name: string; readonly service: string };

export function markTrafficAssigned(conditions: ConditionManager): void {
  conditions.markTrue(ALL_TRAFFIC_ASSIGNED);
}

export function markBadTarget(conditions: ConditionManager, fault: TargetFault): void {
  const name = JSON.stringify(fault.name);
  if (fault.kind === "missing") {
    const reason = fault.target === "Revision" ? REVISION_MISSING : CONFIGURATION_MISSING;
    conditions.markFalse(ALL_TRAFFIC_ASSIGNED, reason, `${fault.target} ${name} referenced in traffic not found.`);
  } else if (fault.kind === "notOwned") {
    const message = `Revision ${name} is not a revision of Service ${JSON.stringify(fault.service)}, which owns this Route.`;
    conditions.markFalse(ALL_TRAFFIC_ASSIGNED, REVISION_NOT_OWNED, message);
  } else if (fault.failed) {
    const text = fault.target === "Revision" ? "failed to become ready." : "does not have any ready Revision.";
    conditions.markFalse(ALL_TRAFFIC_ASSIGNED, REVISION_MISSING, `${fault.target} ${name} ${text}`);
  } else {
    const text = fault.target === "Revision" ? "is not yet ready." : "is waiting for a Revision to become ready.";
    conditions.markUnknown(ALL_TRAFFIC_ASSIGNED, REVISION_MISSING, `${fault.target} ${name} ${text}`);
  }
}

export function markIngressNotConfigured(conditions: ConditionManager): void {
  conditions.markUnknown(INGRESS_READY, INGRESS_NOT_CONFIGURED, "Ingress has not yet been reconciled.");
}

/** Unless the Ingress itself has something to say: it is served, and its shares go on changing. */
export function markRolloutInProgress(conditions: ConditionManager): void {
  if (conditions.get(INGRESS_READY)?.status !== "True") return;
  conditions.markUnknown(INGRESS_READY, "RolloutInProgress", "A gradual rollout of the latest revision(s) is in progress.");
}

export function markIngressNotOwned(conditions: ConditionManager, name: string): void {
  conditions.markFalse(INGRESS_READY, "NotOwned", `There is an existing Ingress ${JSON.stringify(name)} that we do not own.`);
}

export function markServiceNotOwned(conditions: ConditionManager, name: string): void {
  conditions.markFalse(INGRESS_READY, "NotOwned", `There is an existing Service ${JSON.stringify(name)} that we do not own.`);
}

export function propagateIngress(conditions: ConditionManager, ingress: readonly Condition[] | undefined): void {
  const ready = findCondition(ingress, "Ready");
  if (ready?.status === "True") conditions.markTrue(INGRESS_READY);
  else if (ready?.status === "False") conditions.markFalse(INGRESS_READY, ready.reason ?? "", ready.message ?? "");
  else if (ready !== undefined) conditions.markUnknown(INGRESS_READY, ready.reason ?? "", ready.message ?? "");
  else markIngressNotConfigured(conditions);
}

export function markTlsNotEnabled(conditions: ConditionManager): void {
  conditions.markTrue(CERTIFICATE_PROVISIONED, "TLSNotEnabled", "external-domain-tls is not enabled");
}
