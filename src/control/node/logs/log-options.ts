import { badRequest } from "../../../api/meta/errors.ts";

/** The query of `GET .../pods/NAME/log`, as in core/v1 PodLogOptions. */
export interface LogOptions {
  readonly container: string | undefined;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  /** Only lines from here on, epoch milliseconds. */
  readonly sinceMs: number | undefined;
  readonly limitBytes: number | undefined;
  readonly stream: "All" | "Stdout" | "Stderr";
}

/** @throws ApiError 400 for values that are none. */
export function parseLogOptions(query: URLSearchParams, now: number): LogOptions {
  const seconds = whole(query, "sinceSeconds", 1);
  const time = query.get("sinceTime");
  const sinceTime = time === null ? undefined : Date.parse(time);
  if (sinceTime !== undefined && Number.isNaN(sinceTime)) throw badRequest(`parsing time "${time}": it is not RFC 3339`);
  if (seconds !== undefined && sinceTime !== undefined) throw badRequest("at most one of sinceTime or sinceSeconds may be specified");
  const stream = query.get("stream") ?? "All";
  if (stream !== "All" && stream !== "Stdout" && stream !== "Stderr") throw badRequest(`stream: Unsupported value: "${stream}"`);
  return {
    container: query.get("container") ?? undefined,
    follow: flag(query, "follow"),
    previous: flag(query, "previous"),
    timestamps: flag(query, "timestamps"),
    tailLines: whole(query, "tailLines", 0),
    sinceMs: seconds === undefined ? sinceTime : now - seconds * 1000,
    limitBytes: whole(query, "limitBytes", 1),
    stream,
  };
}

function flag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  return text !== null && text !== "false" && text !== "0";
}

function whole(query: URLSearchParams, name: string, least: number): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  if (Number(text) < least) throw badRequest(`${name}: Invalid value: ${text}: must be greater than or equal to ${least}`);
  return Number(text);
}
