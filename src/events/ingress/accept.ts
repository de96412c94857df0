import { invalidEvent, type CloudEvent } from "../../api/cloudevents/event.ts";
import { eventsFromHttp, modeOf, type Headers } from "../../api/cloudevents/http-binding.ts";
import { EventFormatError } from "../../api/cloudevents/json-format.ts";
import { hopsLeft, TTL_ATTRIBUTE, withHops } from "../delivery/loop-guard.ts";
import type { AppendResult, Journal, StreamId } from "../journal/contract.ts";

/** An answer of the ingress. `reason` is a stable word, `message` for people. */
export interface IngressAnswer {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The stream of a broker; undefined: there is no such broker. */
export type FindBroker = (namespace: string, name: string) => StreamId | undefined;

/** `/NAMESPACE/NAME`, perhaps with a slash behind; or the answer for anything else. */
export function brokerOfPath(path: string): { readonly namespace: string; readonly name: string } | IngressAnswer {
  const [, namespace = "", name = "", ...rest] = (path.split("?", 1)[0] ?? "").split("/");
  if (namespace === "" && name === "") return { status: 404, reason: "NoBroker", message: "the path names no broker: /NAMESPACE/BROKER" };
  const isWhole = namespace !== "" && name !== "" && (rest.length === 0 || (rest.length === 1 && rest[0] === ""));
  if (!isWhole) return { status: 400, reason: "BadPath", message: "the path must be /NAMESPACE/BROKER" };
  return { namespace, name };
}

/** Why a request is refused before its body is read. Each header has the values it was sent with. */
export function refusedHeaders(headers: Readonly<Record<string, readonly string[] | undefined>>): IngressAnswer | undefined {
  const encoding = (headers["content-encoding"] ?? []).join(", ");
  if (encoding !== "" && encoding.toLowerCase() !== "identity") {
    // An event has no place for it: a subscriber would take the compressed bytes for the data.
    return { status: 415, reason: "Encoded", message: `the content encoding ${encoding} is not supported: send the data as it is` };
  }
  const repeated = Object.keys(headers).find((name) => name.startsWith("ce-") && (headers[name]?.length ?? 0) > 1);
  return repeated === undefined ? undefined : { status: 400, reason: "InvalidEvent", message: `the header ${repeated} is there twice` };
}

/** The events of a message, valid and with one hop less, or why it is refused: all of a batch or nothing. */
export function readEvents(headers: Headers, body: Uint8Array): readonly CloudEvent[] | IngressAnswer {
  try {
    const { mode, events } = eventsFromHttp(headers, body);
    const accepted: CloudEvent[] = [];
    for (const [index, event] of events.entries()) {
      const where = mode === "batch" ? `event ${index} of the batch: ` : "";
      const problem = invalidEvent(event);
      if (problem !== undefined) return { status: 400, reason: "InvalidEvent", message: where + problem };
      const hops = hopsLeft(event) - (event.attributes[TTL_ATTRIBUTE] === undefined ? 0 : 1);
      if (hops <= 0) return { status: 400, reason: "Loop", message: `${where}it went through brokers too often` };
      accepted.push(event.attributes[TTL_ATTRIBUTE] === undefined ? event : withHops(event, hops));
    }
    return accepted;
  } catch (error) {
    if (error instanceof EventFormatError) return { status: 400, reason: "InvalidEvent", message: error.message };
    throw error;
  }
}

/** Appends, and answers only when everything is durable. */
export async function accept(journal: Pick<Journal, "append">, stream: StreamId, events: readonly CloudEvent[]): Promise<IngressAnswer> {
  if (events.length === 0) return { status: 202 };
  return answerOf(await journal.append(stream, events));
}

function answerOf(result: AppendResult): IngressAnswer {
  switch (result.kind) {
    case "ok":
      return { status: 202 };
    case "too-large":
      return { status: 413, reason: "TooLarge", message: `event ${result.index} is over the limit of ${result.limitBytes} bytes` };
    case "full":
    case "unavailable":
      return {
        status: 503,
        reason: result.kind === "full" ? "DiskFull" : "JournalUnavailable",
        message: result.message,
        headers: { "retry-after": String(Math.max(1, Math.ceil(result.retryAfterMs / 1000))) },
      };
  }
}

/** A batch is one frame of the journal and may be larger than an event. */
export function isBatch(headers: Headers): boolean {
  try {
    return modeOf(headers) === "batch";
  } catch {
    return false;
  }
}
