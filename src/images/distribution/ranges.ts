import type { ByteRange } from "../store/contract.ts";

export type RangeRequest =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly range: ByteRange }
  | { readonly kind: "unsatisfiable" };

/** What a `Range` header asks of `size` bytes. Several ranges at once and other units are ignored, as RFC 9110 allows. */
export function readRange(header: string | undefined, size: number): RangeRequest {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return { kind: "whole" };
  if (first === "") return suffix(Number(last), size);
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return { kind: "whole" }; // not a range at all
  return start < size ? { kind: "part", range: { start, end } } : { kind: "unsatisfiable" };
}

function suffix(length: number, size: number): RangeRequest {
  if (length === 0 || size === 0) return { kind: "unsatisfiable" };
  return { kind: "part", range: { start: Math.max(0, size - length), end: size - 1 } };
}

/** The `Content-Range` of an uploaded chunk, `first-last` (some clients add the unit); undefined when it is not one. */
export function readChunkRange(header: string): ByteRange | undefined {
  const [, first, last] = /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/.exec(header) ?? [];
  if (first === undefined || last === undefined || Number(last) < Number(first)) return undefined;
  return { start: Number(first), end: Number(last) };
}
