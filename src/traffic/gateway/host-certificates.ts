/**
 * Certificates for the TLS listener: for each routed host that a client asks for the one that its owner has brought, or
 * else one signed by the platform's authority.
 */
import { createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";
import type { TlsPair } from "../../api/networking-internal/ingress-tls.ts";
import type { KeyPair } from "../../security/certificates.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";

export interface HostCertificatesOptions {
  readonly authority: KeyPair;
  /** Only these get a certificate: a client must not be able to make us sign for every name that it thinks of. */
  readonly isRouted: (host: string) => boolean;
  /** What the owner of the host has brought. The same object as long as it is the same certificate. */
  readonly brought?: (host: string) => TlsPair | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Beyond, the one that was made first goes. */
const MAX_HOSTS = 1_000;
const VALID_DAYS = 90;
/** Renewed so long before it ends that clients never see it end. */
const KEPT_MS = 60 * 86_400_000;

interface Made {
  readonly context: Promise<SecureContext | undefined>;
  /** Epoch milliseconds. */
  readonly until: number;
}

export class HostCertificates {
  readonly #options: HostCertificatesOptions;
  readonly #made = new Map<string, Made>();
  /** undefined: cannot be used. */
  readonly #brought = new WeakMap<TlsPair, SecureContext | undefined>();

  constructor(options: HostCertificatesOptions) {
    this.#options = options;
  }

  /** undefined for a host that is not routed, or if signing fails: the listener's own certificate has to do. */
  contextOf(serverName: string): Promise<SecureContext | undefined> {
    const host = serverName.toLowerCase();
    if (!this.#options.isRouted(host)) return Promise.resolve(undefined);
    const own = this.#broughtFor(host);
    if (own !== undefined) return Promise.resolve(own);
    const now = this.#options.clock.now();
    const known = this.#made.get(host);
    if (known !== undefined && known.until > now) return known.context;
    const context = this.#issue(host, now);
    this.#made.delete(host);
    this.#made.set(host, { context, until: now + KEPT_MS });
    const [oldest] = this.#made.keys();
    if (this.#made.size > MAX_HOSTS && oldest !== undefined) this.#made.delete(oldest);
    return context;
  }

  /** undefined also if it cannot be used: the platform's own is better than no answer. */
  #broughtFor(host: string): SecureContext | undefined {
    const pair = this.#options.brought?.(host);
    if (pair === undefined) return undefined;
    if (!this.#brought.has(pair)) this.#brought.set(pair, this.#read(pair, host));
    return this.#brought.get(pair);
  }

  #read({ certificate, key }: TlsPair, host: string): SecureContext | undefined {
    try {
      return createSecureContext({ key, cert: certificate, minVersion: MIN_TLS_VERSION });
    } catch (error) {
      this.#options.logger.warn("the certificate of a host cannot be used", { host, error });
      return undefined;
    }
  }

  async #issue(host: string, now: number): Promise<SecureContext | undefined> {
    const { authority, random, logger } = this.#options;
    try {
      const { issueCertificate } = await import("../../security/certificates.ts"); // 100 ms that only users of TLS pay
      const subject = { commonName: host.length > 64 ? "kinetic" : host, hosts: [host], usage: "server" as const };
      const { key, certificate } = await issueCertificate(authority, subject, { now, random, days: VALID_DAYS });
      return createSecureContext({ key, cert: certificate, minVersion: MIN_TLS_VERSION });
    } catch (error) {
      this.#made.delete(host);
      logger.warn("no certificate for a host", { host, error });
      return undefined;
    }
  }
}

export const MIN_TLS_VERSION = "TLSv1.2";
