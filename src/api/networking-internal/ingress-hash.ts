/**
 * The hash by which a gateway proves that it serves an Ingress as it is now: sha256 over Go's JSON of the defaulted
 * spec (struct order, empty members left out, map keys sorted, `<>&` escaped), the namespace and the name.
 * Conformance tests compute the same, so the byte order is part of the contract.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Ingress, IngressPath, IngressRule, IngressSplit, IngressTls } from "./ingress.ts";

/** 64 lower-case hex digits. */
export function ingressHash(ingress: Pick<Ingress, "metadata" | "spec">): string {
  const { namespace = "", name = "" } = ingress.metadata;
  return bytesToHex(sha256(utf8ToBytes(goJson(specValue(ingress.spec)) + namespace + name)));
}

type Members = Record<string, unknown>;

function specValue(spec: Ingress["spec"]): Members {
  return {
    ...list("tls", spec?.tls?.map(tlsValue)),
    ...list("rules", spec?.rules?.map(ruleValue)),
    ...text("httpOption", spec?.httpOption),
  };
}

function tlsValue(tls: IngressTls): Members {
  return { ...list("hosts", tls.hosts), ...text("secretName", tls.secretName), ...text("secretNamespace", tls.secretNamespace) };
}

function ruleValue(rule: IngressRule): Members {
  return {
    ...list("hosts", rule.hosts),
    ...text("visibility", rule.visibility ?? "ExternalIP"),
    ...(rule.http === undefined ? {} : { http: { paths: rule.http.paths.map(pathValue) } }),
  };
}

function pathValue(path: IngressPath): Members {
  const only = path.splits.length === 1;
  return {
    ...text("path", path.path),
    ...text("rewriteHost", path.rewriteHost),
    ...map("headers", path.headers),
    splits: path.splits.map((split) => splitValue(split, only)),
    ...map("appendHeaders", path.appendHeaders),
  };
}

/** A split that is alone has 100 % by default. */
function splitValue(split: IngressSplit, only: boolean): Members {
  const percent = split.percent || (only ? 100 : 0);
  return {
    serviceNamespace: split.serviceNamespace,
    serviceName: split.serviceName,
    servicePort: split.servicePort,
    ...(percent === 0 ? {} : { percent }),
    ...map("appendHeaders", split.appendHeaders),
  };
}

const list = (key: string, items: readonly unknown[] | undefined): Members =>
  items === undefined || items.length === 0 ? {} : { [key]: items };
const text = (key: string, value: string | undefined): Members => (value === undefined || value === "" ? {} : { [key]: value });

function map(key: string, value: Readonly<Record<string, unknown>> | undefined): Members {
  if (value === undefined || Object.keys(value).length === 0) return {};
  return { [key]: Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

/** encoding/json escapes what HTML could misread. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
