import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Call } from "../http/call.ts";
import { jsonReply, textReply } from "../http/respond.ts";

/** What `/version` says. */
export interface VersionInfo {
  readonly major: string;
  readonly minor: string;
  /** e.g. `v1.34.4+kinetic.0.1.0` */
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  /** RFC 3339. */
  readonly buildDate: string;
  readonly goVersion: string;
  readonly compiler: string;
  /** e.g. `linux/amd64` */
  readonly platform: string;
}

const TEXT = "text/plain; charset=utf-8";
const CHECKS = ["ping", "store", "watch-cache"];
const PATHS = new Set(["/healthz", "/livez", "/readyz"]);

/** `/healthz`, `/livez`, `/readyz`, `/version` or undefined. A server that answers at all has its store and its cache. */
export function healthAnswer(call: Call, version: VersionInfo): ApiReply | undefined {
  const path = call.info.path.replace(/(.)\/$/, "$1");
  if (path === "/version") return jsonReply(version, { pretty: true });
  if (PATHS.has(path)) return call.query.has("verbose") ? verbose(path.slice(1)) : textReply("ok", TEXT);
  const [, probe, check] = /^\/(healthz|livez|readyz)\/(.+)$/.exec(path) ?? [];
  return probe !== undefined && CHECKS.includes(check ?? "") ? textReply("ok", TEXT) : undefined;
}

function verbose(probe: string): ApiReply {
  return textReply(`${CHECKS.map((check) => `[+]${check} ok\n`).join("")}${probe} check passed\n`, TEXT);
}
