import type { OutgoingHttpHeaders } from "node:http2";
import type { HeaderList } from "./header-list.ts";

/** Fields that HTTP/2 forbids. */
const FORBIDDEN = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "host"]);

/** TE may only say `trailers`. */
const passes = (key: string, value: string): boolean => !FORBIDDEN.has(key) && (key !== "te" || value === "trailers");

/** The form in which node:http2 sends a head at the least cost: `fields` (the pseudo ones) first, then names and values in their order. */
export function withFields(fields: string[], { keys, values }: HeaderList): string[] {
  for (let index = 0; index < keys.length; index++) {
    const [key = "", value = ""] = [keys[index], values[index]];
    if (passes(key, value)) fields.push(key, value);
  }
  return fields;
}

/** The form in which it sends everything else; several values of a name become a list. */
export function toHttp2({ keys, values }: HeaderList): OutgoingHttpHeaders {
  const out: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (let index = 0; index < keys.length; index++) {
    const [key = "", value = ""] = [keys[index], values[index]];
    if (!passes(key, value)) continue;
    const before = out[key];
    out[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return out;
}
