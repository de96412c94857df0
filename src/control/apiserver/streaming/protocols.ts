import { badRequest } from "../../../api/meta/errors.ts";
import type { PodSession } from "../../../api/ports/pod-streams.ts";

/** How messages of a WebSocket carry the streams of a program: the first byte, or character, is the number of the stream. */
export interface ChannelProtocol {
  readonly name: string;
  /** Base64 in text messages. */
  readonly isText: boolean;
  /** The error channel has a Status at the end; else it has words, and only of a failure. */
  readonly hasStatus: boolean;
  /** The client can end the input alone. */
  readonly hasClose: boolean;
}

const CHANNELS: readonly ChannelProtocol[] = [
  { name: "v5.channel.k8s.io", isText: false, hasStatus: true, hasClose: true },
  { name: "v4.channel.k8s.io", isText: false, hasStatus: true, hasClose: false },
  { name: "v4.base64.channel.k8s.io", isText: true, hasStatus: true, hasClose: false },
  { name: "channel.k8s.io", isText: false, hasStatus: false, hasClose: false },
  { name: "base64.channel.k8s.io", isText: true, hasStatus: false, hasClose: false },
];
/** Who names none means the first that there was. */
const OLDEST = { name: "", isText: false, hasStatus: false, hasClose: false } satisfies ChannelProtocol;

/** SPDY inside of the messages of a WebSocket. */
const PORT_TUNNEL = "SPDY/3.1+portforward.k8s.io";
const PORT_CHANNELS: readonly string[] = ["v4.channel.k8s.io", "v4.base64.channel.k8s.io"];

export const SPDY_PORTS = "portforward.k8s.io";
export const SPDY_PROGRAMS: readonly string[] = ["v4.channel.k8s.io", "v5.channel.k8s.io"];

export type Agreed =
  | { readonly kind: "channels"; readonly protocol: ChannelProtocol }
  | { readonly kind: "port tunnel"; readonly protocol: { readonly name: string } }
  | { readonly kind: "port channels"; readonly protocol: { readonly name: string; readonly isText: boolean } }
  | { readonly kind: "spdy"; readonly protocol: { readonly name: string } };

interface UpgradeHeaders {
  readonly upgrade?: string | undefined;
  readonly "sec-websocket-protocol"?: string | undefined;
  readonly "x-stream-protocol-version"?: string | readonly string[] | undefined;
}

/** What both sides speak: the client's first choice that we know. @throws ApiError 400 */
export function agree(session: PodSession, headers: UpgradeHeaders): Agreed {
  const upgrade = (headers.upgrade ?? "").toLowerCase();
  if (upgrade === "websocket") return agreeOnMessages(session, listOf(headers["sec-websocket-protocol"]));
  if (upgrade === "spdy/3.1") return agreeOnSpdy(session, listOf([headers["x-stream-protocol-version"] ?? []].flat().join(",")));
  throw badRequest(`unable to upgrade: no protocol ${JSON.stringify(headers.upgrade ?? "")}; use websocket or SPDY/3.1`);
}

function agreeOnMessages(session: PodSession, offered: readonly string[]): Agreed {
  if (session.kind === "ports") {
    if (offered.includes(PORT_TUNNEL)) return { kind: "port tunnel", protocol: { name: PORT_TUNNEL } };
    const name = offered.find((one) => PORT_CHANNELS.includes(one));
    if (name !== undefined) return { kind: "port channels", protocol: { name, isText: name.includes("base64") } };
    throw unknownProtocol(offered, [PORT_TUNNEL, ...PORT_CHANNELS]);
  }
  if (offered.length === 0) return { kind: "channels", protocol: OLDEST };
  for (const one of offered) {
    const protocol = CHANNELS.find(({ name }) => name === one);
    if (protocol !== undefined) return { kind: "channels", protocol };
  }
  throw unknownProtocol(
    offered,
    CHANNELS.map(({ name }) => name),
  );
}

function agreeOnSpdy(session: PodSession, offered: readonly string[]): Agreed {
  const known = session.kind === "ports" ? [SPDY_PORTS] : SPDY_PROGRAMS;
  const name = offered.find((one) => known.includes(one));
  if (name === undefined) throw unknownProtocol(offered, known);
  return { kind: "spdy", protocol: { name } };
}

function unknownProtocol(offered: readonly string[], known: readonly string[]): Error {
  return badRequest(
    `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(" ")}], server accepts [${known.join(" ")}]`,
  );
}

function listOf(header: string | undefined): string[] {
  return (header ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
