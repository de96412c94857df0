/** What Routes and DomainMappings say about their certificates. */
import type { ConditionManager } from "../meta/conditions.ts";
import { CERTIFICATE_PROVISIONED } from "./route-lifecycle.ts";

export function markCertificateReady(conditions: ConditionManager): void {
  conditions.markTrue(CERTIFICATE_PROVISIONED);
}

interface Waiting {
  readonly name: string;
  /** What the issuer says; may be empty. Upstream leaves it out. */
  readonly why: string;
}

export function markCertificateNotReady(conditions: ConditionManager, { name, why }: Waiting): void {
  conditions.markUnknown(CERTIFICATE_PROVISIONED, "CertificateNotReady", `Certificate ${name} is not ready. ${why}`.trimEnd());
}

/** Until the certificate is there, the host is served over plain http. */
export function markHttpDowngrade(conditions: ConditionManager, { name, why }: Waiting): void {
  const message = `Certificate ${name} is not ready downgrade HTTP. ${why}`.trimEnd();
  conditions.markTrue(CERTIFICATE_PROVISIONED, "HTTPDowngrade", message);
}

export function markCertificateNotOwned(conditions: ConditionManager, name: string): void {
  const message = `There is an existing certificate ${name} that we don't own.`;
  conditions.markFalse(CERTIFICATE_PROVISIONED, "CertificateNotOwned", message);
}

export function markTlsNotForLocal(conditions: ConditionManager): void {
  conditions.markTrue(CERTIFICATE_PROVISIONED, "TLSNotEnabled", "TLS is not enabled for cluster-local");
}
