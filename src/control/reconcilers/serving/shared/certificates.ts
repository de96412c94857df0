/** The Certificates that Routes and DomainMappings ask for. */
import type { NetworkConfig } from "../../../../api/config/network.ts";
import { findCondition, type ConditionManager } from "../../../../api/meta/conditions.ts";
import { apiVersionOf, type KindRef } from "../../../../api/meta/kind.ts";
import { keyOf, type KubeObject } from "../../../../api/meta/object.ts";
import {
  CERTIFICATE_CLASS_ANNOTATION,
  CERTIFICATE_CLASS_OLD_ANNOTATION,
  CERTIFICATE_TYPE_LABEL,
  LAST_APPLIED_ANNOTATION,
  TLS_DISABLED_ANNOTATIONS,
} from "../../../../api/names/labels.ts";
import { certificateKind, type Certificate } from "../../../../api/networking-internal/certificate.ts";
import type { IngressTls } from "../../../../api/networking-internal/ingress.ts";
import {
  markCertificateNotOwned,
  markCertificateNotReady,
  markCertificateReady,
  markHttpDowngrade,
} from "../../../../api/serving/certificate-lifecycle.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import { childrenOf } from "../../../controller/claim.ts";
import { controllerRef, isControlledBy } from "../../../controller/owners.ts";
import { applyChild } from "./apply-child.ts";
import { isReady } from "./conditions.ts";
import { entry, without } from "./metadata.ts";

const TRUE = ["1", "t", "T", "true", "TRUE", "True"];

/** Whether the hosts of this object get certificates. */
export function wantsCertificates({ metadata: { annotations } }: KubeObject, network: NetworkConfig): boolean {
  const isOff = TLS_DISABLED_ANNOTATIONS.some((name) => TRUE.includes(annotations?.[name] ?? ""));
  return network.externalDomainTls && !isOff;
}

export interface Wish {
  /** Of the Certificate and of its Secret. */
  readonly name: string;
  readonly host: string;
  /** That the host is in, if it is one of the cluster's. */
  readonly domain?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

export function makeCertificate<T extends KubeObject>(kind: KindRef<T>, owner: T, wish: Wish, network: NetworkConfig): Certificate {
  const { namespace, annotations } = owner.metadata;
  const own = annotations?.[CERTIFICATE_CLASS_ANNOTATION] ?? annotations?.[CERTIFICATE_CLASS_OLD_ANNOTATION];
  return {
    apiVersion: apiVersionOf(certificateKind),
    kind: certificateKind.kind,
    metadata: {
      name: wish.name,
      namespace,
      labels: { ...wish.labels, [CERTIFICATE_TYPE_LABEL]: "external-domain" },
      annotations: {
        ...without(annotations, LAST_APPLIED_ANNOTATION, CERTIFICATE_CLASS_ANNOTATION),
        [CERTIFICATE_CLASS_OLD_ANNOTATION]: own ?? network.certificateClass,
      },
      ownerReferences: [controllerRef(kind, owner)],
    },
    spec: { dnsNames: [wish.host], ...entry("domain", wish.domain), secretName: wish.name },
  };
}

export interface CertificateWorld {
  readonly client: Client;
  /** Indexed by controller. */
  readonly certificates: Informer<Certificate>;
}

export type Provision =
  | { readonly kind: "ready"; readonly name: string; readonly tls: IngressTls }
  /** `why`: what its issuer says; may be empty. */
  | { readonly kind: "waiting"; readonly name: string; readonly why: string }
  /** Somebody else has a Certificate of that name. */
  | { readonly kind: "foreign"; readonly name: string };

/** Sees to it that the owner's Certificate is there; whether it is fulfilled is for others to say. */
export async function provideCertificate(world: CertificateWorld, owner: KubeObject, desired: Certificate): Promise<Provision> {
  const { name = "", namespace } = desired.metadata;
  const existing = world.certificates.get(keyOf(desired));
  if (existing !== undefined && !isControlledBy(existing, owner)) return { kind: "foreign", name };
  const { object } = await applyChild(world.client, { kind: certificateKind, existing, desired, align });
  if (!isReady(object)) return { kind: "waiting", name, why: findCondition(object.status?.conditions, "Ready")?.message ?? "" };
  const { dnsNames, secretName } = object.spec;
  return { kind: "ready", name, tls: { hosts: dnsNames, secretName, secretNamespace: namespace } };
}

function align(existing: Certificate, { metadata: { labels, annotations }, spec }: Certificate): Certificate {
  return { ...existing, metadata: { ...existing.metadata, labels, annotations }, spec };
}

/** Certificates of the owner that it has no use for any more go. */
export async function dropCertificates(world: CertificateWorld, owner: KubeObject, kept: ReadonlySet<string>): Promise<void> {
  for (const certificate of childrenOf(world.certificates, owner)) {
    if (!kept.has(certificate.metadata.name ?? "")) await world.client.delete(certificateKind, keyOf(certificate));
  }
}

/** Under which scheme a host is reached. Without its certificate that is http, unless http is not served. */
export function schemeOf({ kind }: Provision, { httpProtocol }: NetworkConfig): "http" | "https" {
  return kind === "ready" || (kind === "waiting" && httpProtocol !== "Enabled") ? "https" : "http";
}

/** Says how the certificates stand: the worst first. At least one. */
export function markProvisions(conditions: ConditionManager, provisions: readonly Provision[], { httpProtocol }: NetworkConfig): void {
  const foreign = provisions.find((one) => one.kind === "foreign");
  const waiting = provisions.find((one) => one.kind === "waiting");
  if (foreign !== undefined) markCertificateNotOwned(conditions, foreign.name);
  else if (waiting === undefined) markCertificateReady(conditions);
  else if (httpProtocol === "Enabled") markHttpDowngrade(conditions, waiting);
  else markCertificateNotReady(conditions, waiting);
}
