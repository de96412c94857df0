/** Which header fields cross the gateway, and which it adds. */
import { HeaderList } from "./header-list.ts";
import type { RequestHead } from "./message.ts";

/** Meant for one connection only. Lengths and Host are written anew; TE and Trailer stay, because trailers pass. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** Between the platform's own parts; a client must not be able to set them for user code. */
const INTERNAL = [
  "k-network-probe",
  "k-network-hash",
  "k-proxy-request",
  "k-original-host",
  "k-passthrough-lb",
  "k-kubelet-probe",
  "knative-serving-revision",
  "knative-serving-namespace",
  "kinetic-instance",
];

const NOT_TO_INSTANCE = new Set([...HOP_BY_HOP, ...INTERNAL, "host", "content-length", "expect", "x-forwarded-for"]);

/** What the route says about the request. */
export interface ForwardRules {
  readonly rewriteHost: string | undefined;
  readonly setHeaders: readonly (readonly [name: string, value: string])[];
  readonly peer: string;
  /** How the client came. */
  readonly scheme: "http" | "https";
  readonly requestId: string;
}

/** The fields that an instance gets; Host comes first. Its own name is told because a parked sandbox may serve as another pod. */
export function toInstance(request: RequestHead, rules: ForwardRules, podName: string): HeaderList {
  const out = new HeaderList();
  out.push("Host", "host", hostFor(request, rules));
  copyEndToEnd(request.headers, out, NOT_TO_INSTANCE);
  for (const [name, value] of rules.setHeaders) if (!INTERNAL.includes(name.toLowerCase())) out.set(name, value);
  if (podName !== "") out.push("Kinetic-Instance", "kinetic-instance", podName);
  addForwarded(request, rules, out);
  if (!out.has("x-request-id")) out.push("X-Request-Id", "x-request-id", rules.requestId);
  return out;
}

/** A DomainMapping rewrites the Host for routing and names the client's own in K-Original-Host, which user code gets. */
function hostFor(request: RequestHead, { rewriteHost, setHeaders }: ForwardRules): string {
  if (rewriteHost === undefined) return request.authority;
  return setHeaders.find(([name]) => name.toLowerCase() === "k-original-host")?.[1] ?? rewriteHost;
}

function addForwarded(request: RequestHead, { peer, scheme }: ForwardRules, out: HeaderList): void {
  const before = request.headers.joined("x-forwarded-for");
  const forwardedFor = before === undefined ? peer : `${before}, ${peer}`;
  out.push("X-Forwarded-For", "x-forwarded-for", forwardedFor);
  const proto = out.get("x-forwarded-proto");
  if (proto === undefined) out.push("X-Forwarded-Proto", "x-forwarded-proto", scheme);
  const host = out.get("x-forwarded-host");
  if (host === undefined) out.push("X-Forwarded-Host", "x-forwarded-host", request.authority);
  if (out.has("forwarded")) return;
  out.push("Forwarded", "forwarded", forwarded(forwardedFor, host ?? request.authority, proto ?? scheme));
}

/** RFC 7239, from the older X-Forwarded fields. */
export function forwarded(forwardedFor: string, host: string, proto: string): string {
  const [first = "", ...others] = forwardedFor.split(",").map((address) => `for=${node(address.trim())}`);
  const head = `${first};host=${/^[\w.-]+$/.test(host) ? host : `"${host.replaceAll('"', "")}"`};proto=${proto}`;
  return others.length === 0 ? head : `${head}, ${others.join(", ")}`;
}

/** IPv6 addresses stand in brackets and quotes. */
function node(address: string): string {
  if (!address.includes(":") || address.startsWith('"')) return address;
  return address.startsWith("[") ? `"${address}"` : `"[${address}]"`;
}

/** The fields of an answer that a client gets. */
export function toClient(headers: HeaderList): HeaderList {
  const out = new HeaderList();
  copyEndToEnd(headers, out, HOP_BY_HOP);
  return out;
}

function copyEndToEnd(from: HeaderList, to: HeaderList, dropped: ReadonlySet<string>): void {
  const named = namedByConnection(from);
  const { names, keys, values } = from;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? "";
    if (dropped.has(key) || named?.includes(key) === true) continue;
    to.push(names[index] ?? "", key, values[index] ?? "");
  }
}

/** Fields that Connection declares hop-by-hop; undefined in the usual case that there are none. */
function namedByConnection(headers: HeaderList): readonly string[] | undefined {
  const connection = headers.get("connection");
  if (connection === undefined || /^(keep-alive|close|upgrade)$/i.test(connection)) return undefined;
  const named = (headers.joined("connection") ?? "").split(",").map((name) => name.trim().toLowerCase());
  return named.filter((name) => name !== "te");
}
