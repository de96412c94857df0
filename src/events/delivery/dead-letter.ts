import type { CloudEvent } from "../../api/cloudevents/event.ts";
import type { TryFailure } from "./decide.ts";

/** Of base64: whole groups of four, so that cutting leaves something to decode. */
const MAX_ERROR_DATA = 1024;

/** The event as a dead letter: what failed, with which status, and what was said, cut before it is encoded. */
export function deadLetter(event: CloudEvent, destination: string, { status, message, body }: TryFailure): CloudEvent {
  const said = body !== undefined && body.length > 0 ? body : new TextEncoder().encode(message);
  const data = Buffer.from(said.subarray(0, (MAX_ERROR_DATA / 4) * 3)).toString("base64");
  const attributes = {
    ...event.attributes,
    knativeerrordest: destination,
    knativeerrorcode: status === 0 ? 500 : status,
    knativeerrordata: data,
  };
  return event.data === undefined ? { attributes } : { attributes, data: event.data };
}
