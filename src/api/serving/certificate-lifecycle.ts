/** What Routes and DomainMappings say about their certificates. */
import type { ConditionManager } from "../meta/conditions.ts";
import { CERTIFICATE_PROVISIONED } from "./route-lifecycle.ts";

export function markCertificateReady(conditions: ConditionManager): void {
  conditions.markTrue(CERTIFICATE_PROVISIONED);
}

export function markCertificateNotReady(conditions: ConditionManager, name: string): void {
  conditions.markUnknown(CERTIFICATE_PROVISIONED, "CertificateNotReady", `Certificate ${name} is not ready.`);
}

/** Until the certificate is there, the host is served over plain http. */
export function markHttpDowngrade(conditions: ConditionManager, name: string): void {
  conditions.markTrue(CERTIFICATE_PROVISIONED, "HTTPDowngrade", `Certificate ${name} is not ready downgrade HTTP.`);
}

export function markCertificateNotOwned(conditions: ConditionManager, name: string): void {
  const message = `There is an existing certificate ${name} that we don't own.`;
  conditions.markFalse(CERTIFICATE_PROVISIONED, "CertificateNotOwned", message);
}

export function markTlsNotForLocal(conditions: ConditionManager): void {
  conditions.markTrue(CERTIFICATE_PROVISIONED, "TLSNotEnabled", "TLS is not enabled for cluster-local");
}
