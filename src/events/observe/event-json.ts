import { invalidEvent, type CloudEvent } from "../../api/cloudevents/event.ts";
import { EventFormatError, eventFromJson, eventToJson } from "../../api/cloudevents/json-format.ts";
import { badRequest } from "../../api/meta/errors.ts";
import type { EventJson } from "../../api/observe/group.ts";
import { withoutHops } from "../delivery/loop-guard.ts";
import { cloudEventOf } from "../delivery/pending.ts";
import type { JournalEvent } from "../journal/contract.ts";

/** In the JSON format; text stays text, which that format allows and people prefer. */
export function eventJson(event: JournalEvent): EventJson {
  const json = JSON.parse(new TextDecoder().decode(eventToJson(withoutHops(cloudEventOf(event))))) as EventJson;
  const { data_base64: base64, ...rest } = json;
  const text = base64 === undefined || event.data === undefined ? undefined : textOf(event.data, rest["datacontenttype"]);
  return text === undefined ? json : { ...rest, data: text };
}

function textOf(data: Uint8Array, contentType: unknown): string | undefined {
  if (!/^text\//i.test(String(contentType ?? ""))) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}

/** For lists: payloads may be large. */
export function withoutData(event: EventJson): EventJson {
  const { data: _data, data_base64: _base64, ...attributes } = event;
  return attributes;
}

/** @throws ApiError 400 */
export function eventOfJson(json: unknown): CloudEvent {
  try {
    const event = eventFromJson(new TextEncoder().encode(JSON.stringify(json ?? null)));
    const problem = invalidEvent(event);
    if (problem !== undefined) throw badRequest(`spec.event is no valid CloudEvent: ${problem}`);
    return event;
  } catch (error) {
    if (error instanceof EventFormatError) throw badRequest(`spec.event is no valid CloudEvent: ${error.message}`);
    throw error;
  }
}
