import { textOfBase64 } from "../../std/base64.ts";
import type { Secret } from "../k8s/types.generated.ts";
import type { ObjectKey } from "../meta/object.ts";
import type { Ingress } from "./ingress.ts";

/** A certificate chain and its key, both PEM. */
export interface TlsPair {
  readonly certificate: string;
  readonly key: string;
}

/** The keys of a Secret of type kubernetes.io/tls. */
export const TLS_CERTIFICATE = "tls.crt";
export const TLS_KEY = "tls.key";

/** The Secret with the certificate that the Ingress asks for one of its hosts. An entry without hosts stands for all of them. */
export function tlsSecretOf({ metadata, spec }: Pick<Ingress, "metadata" | "spec">, host: string): ObjectKey | undefined {
  const isSame = (other: string) => other.toLowerCase() === host.toLowerCase();
  const covers = (hosts: readonly string[] = []) => hosts.length === 0 || hosts.some(isSame);
  const entry = spec?.tls?.find(({ hosts, secretName }) => secretName && covers(hosts));
  return entry === undefined ? undefined : { namespace: entry.secretNamespace || (metadata.namespace ?? ""), name: entry.secretName ?? "" };
}

/** Undefined when the Secret holds no certificate with its key. */
export function tlsPairOf({ data = {} }: Secret): TlsPair | undefined {
  const certificate = textIn(data, TLS_CERTIFICATE);
  const key = textIn(data, TLS_KEY);
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

function textIn(data: Readonly<Record<string, string>>, name: string): string | undefined {
  const text = data[name];
  if (!text) return undefined;
  try {
    return textOfBase64(text);
  } catch {
    return undefined; // not base64
  }
}
