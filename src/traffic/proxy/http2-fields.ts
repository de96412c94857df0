import type { OutgoingHttpHeaders } from "node:http2";
import type { HeaderList } from "./header-list.ts";

/** Fields that HTTP/2 forbids. */
const FORBIDDEN = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "host"]);

/** The form that node:http2 sends; several values of a name become a list. TE may only say `trailers`. */
export function toHttp2(headers: HeaderList): OutgoingHttpHeaders {
  const out: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  const { keys, values } = headers;
  for (let index = 0; index < keys.length; index++) {
    const [key = "", value = ""] = [keys[index], values[index]];
    if (FORBIDDEN.has(key) || (key === "te" && value !== "trailers")) continue;
    const before = out[key];
    out[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return out;
}
