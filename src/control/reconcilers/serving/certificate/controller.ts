import { secretKind } from "../../../../api/core/secret.ts";
import type { Secret } from "../../../../api/k8s/types.generated.ts";
import { ConditionManager, type ConditionSet } from "../../../../api/meta/conditions.ts";
import { apiVersionOf } from "../../../../api/meta/kind.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import { CERTIFICATE_CLASS } from "../../../../api/names/kinetic.ts";
import { CERTIFICATE_CLASS_ANNOTATION, CERTIFICATE_CLASS_OLD_ANNOTATION } from "../../../../api/names/labels.ts";
import { certificateKind, type Certificate } from "../../../../api/networking-internal/certificate.ts";
import { TLS_CERTIFICATE, TLS_KEY, tlsPairOf } from "../../../../api/networking-internal/ingress-tls.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { KeyPair } from "../../../../security/certificates.ts";
import { base64OfText } from "../../../../std/base64.ts";
import { rfc3339, type Clock } from "../../../../std/clock.ts";
import type { Random } from "../../../../std/random.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { controllerRef, isControlledBy } from "../../../controller/owners.ts";
import { ownerSource, sourcesOf } from "../../../controller/sources.ts";
import { done, requeueAfter, type Controller, type Outcome } from "../../../controller/types.ts";
import { applyChild } from "../shared/apply-child.ts";

const CONDITIONS: ConditionSet = { happy: "Ready", dependents: [] };
const VALID_DAYS = 90;
/** Renewed so many days before it ends. */
const MARGIN_DAYS = 30;
/** Timers do not reach further than weeks: a look a day is enough. */
const LOOK_AGAIN_MS = 86_400_000;
const LONGEST_COMMON_NAME = 64;

export interface CertificateControllerOptions {
  readonly authority: KeyPair;
  /** Names of the platform's own, which its authority vouches for: nobody gets a key for them. */
  readonly reserved: readonly string[];
}

interface World extends CertificateControllerOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly certificates: Informer<Certificate>;
  readonly secrets: Informer<Secret>;
}

/** Fulfils Certificates of our class with Secrets that the platform's authority has signed, and renews them. */
export function certificateController(deps: ControllerDeps, options: CertificateControllerOptions): Controller {
  const { client, clock, random, informers } = deps;
  const certificates = informers.of(certificateKind);
  const secrets: Informer<Secret> = informers.of(secretKind);
  const world: World = { ...options, client, clock, random, certificates, secrets };
  return {
    name: "certificate-controller",
    sources: sourcesOf(certificates, ownerSource(secrets, certificateKind)),
    reconcile: (key) => reconcile(world, key),
  };
}

async function reconcile(world: World, key: ObjectKey): Promise<Outcome> {
  const certificate = world.certificates.get(key);
  if (certificate === undefined || certificate.metadata.deletionTimestamp !== undefined || !isOurs(certificate)) return done;
  const { secretName = "", dnsNames = [] } = certificate.spec;
  const reserved = dnsNames.find((host) => world.reserved.includes(host));
  if (reserved !== undefined) return refuse(world, certificate, "HostReserved", `The host ${reserved} is the platform's own.`);
  const existing = world.secrets.get({ namespace: key.namespace, name: secretName });
  if (existing !== undefined && !isControlledBy(existing, certificate)) {
    const message = `There is an existing Secret ${JSON.stringify(secretName)} that this Certificate does not own.`;
    return refuse(world, certificate, "SecretNotOwned", message);
  }
  const expiresAt = (await expiryOf(world, existing, dnsNames)) ?? (await issue(world, certificate, existing));
  await writeStatus(world, certificate, { notAfter: rfc3339(expiresAt) });
  return requeueAfter(LOOK_AGAIN_MS);
}

async function refuse(world: World, certificate: Certificate, reason: string, message: string): Promise<Outcome> {
  await writeStatus(world, certificate, { reason, message });
  return { kind: "permanent", reason: message };
}

function isOurs({ metadata: { annotations } }: Certificate): boolean {
  return (annotations?.[CERTIFICATE_CLASS_ANNOTATION] ?? annotations?.[CERTIFICATE_CLASS_OLD_ANNOTATION]) === CERTIFICATE_CLASS;
}

/** When what the Secret holds ends, epoch milliseconds; undefined if it will not do. */
async function expiryOf({ clock }: World, secret: Secret | undefined, hosts: readonly string[]): Promise<number | undefined> {
  const pair = secret === undefined ? undefined : tlsPairOf(secret);
  if (pair === undefined) return undefined;
  const { expiresAt, isUsable } = await import("../../../../security/certificates.ts");
  try {
    return isUsable(pair.certificate, hosts, clock.now(), MARGIN_DAYS) ? expiresAt(pair.certificate) : undefined;
  } catch {
    return undefined; // no certificate at all
  }
}

async function issue(world: World, certificate: Certificate, existing: Secret | undefined): Promise<number> {
  const { client, clock, random, authority } = world;
  const { secretName = "", dnsNames: hosts = [] } = certificate.spec;
  const { expiresAt, issueCertificate } = await import("../../../../security/certificates.ts"); // 100 ms that only users of TLS pay
  const commonName = hosts.find((host) => host.length <= LONGEST_COMMON_NAME) ?? "kinetic";
  const options = { now: clock.now(), random, days: VALID_DAYS };
  const pair = await issueCertificate(authority, { commonName, hosts, usage: "server" }, options);
  const desired: Secret = {
    apiVersion: apiVersionOf(secretKind),
    kind: secretKind.kind,
    metadata: {
      name: secretName,
      namespace: certificate.metadata.namespace,
      ownerReferences: [controllerRef(certificateKind, certificate)],
    },
    type: "kubernetes.io/tls",
    data: { [TLS_CERTIFICATE]: base64OfText(pair.certificate), [TLS_KEY]: base64OfText(pair.key) },
  };
  await applyChild(client, { kind: secretKind, existing, desired, align: (old, { data }) => ({ ...old, data }) });
  return expiresAt(pair.certificate);
}

type Result = { readonly notAfter: string } | { readonly reason: string; readonly message: string };

async function writeStatus(world: World, certificate: Certificate, result: Result): Promise<void> {
  const conditions = new ConditionManager(CONDITIONS, certificate.status?.conditions, world.clock.now()).initialize();
  if ("notAfter" in result) conditions.markTrue("Ready");
  else conditions.markFalse("Ready", result.reason, result.message);
  await updateStatusIfChanged(world.client, certificateKind, certificate, {
    ...certificate.status,
    conditions: conditions.conditions,
    observedGeneration: certificate.metadata.generation,
    ...("notAfter" in result ? { notAfter: result.notAfter } : {}),
  });
}
