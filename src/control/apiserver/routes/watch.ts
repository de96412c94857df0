import { apiError } from "../../../api/meta/errors.ts";
import { apiVersionOf } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { ApiReply, PayloadEvent } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { Representation } from "../negotiation/accept.ts";
import { representationOf } from "./negotiated.ts";
import type { ResourceCall } from "../http/call.ts";
import { checkListQuery, listQuery, revisionOf, type ListQuery } from "../http/query.ts";
import { eventsReply, plainError } from "../http/respond.ts";
import { bytesForm, feedBytes, type EventEncoder } from "../watch-cache/watch-bytes.ts";
import { feedEvents, WatchFeed, type EventForm } from "../watch-cache/watch-feed.ts";
import { includeObject, objectForm } from "./reply.ts";
import { selectionOf } from "./select.ts";

const INITIAL_EVENTS_END = "k8s.io/initial-events-end";
/** A watch without timeout ends after this and a random share of it more, as upstream's do. */
const MIN_TIMEOUT_S = 1800;
const encoder = new TextEncoder();

export function watch(core: Core, call: ResourceCall): ApiReply {
  const query = listQuery(call.query);
  checkListQuery(query, true);
  const { resourceVersion: text } = query;
  const asked = revisionOf(text, (why) => plainError(`resourceVersion: Invalid value: ${JSON.stringify(text)}: ${why}`));
  const cache = core.resources.of(call.kind);
  const after = startOf(query, asked, core.resources.cache.revision);
  if (after !== undefined && after < cache.oldest) return tooOld(asked, cache.oldest);
  const representation = representationOf(call.request);
  const selection = selectionOf(call, query);
  const options = {
    cache,
    prefix: selection.prefix,
    matches: selection.matches,
    after,
    endInitialEvents: query.allowWatchBookmarks && after === undefined,
    bookmarks: query.allowWatchBookmarks,
    timeoutMs: 1000 * (query.timeoutSeconds > 0 ? query.timeoutSeconds : MIN_TIMEOUT_S * (1 + core.random())),
    clock: core.clock,
    signal: AbortSignal.any([core.closing, ...(call.request.signal === undefined ? [] : [call.request.signal])]),
    revision: () => core.resources.cache.revision,
    meter: core.requests.watches(call.kind, call.info),
  };
  const encoder = eventEncoder(core, call, representation);
  return eventsReply({
    kind: "events",
    events: () => feedEvents(new WatchFeed(options, valueForm(call))),
    stream: () => feedBytes(new WatchFeed(options, bytesForm(encoder))),
  });
}

/** The revision after which changes are replayed; undefined begins with the present state. */
function startOf({ sendInitialEvents }: ListQuery, asked: number, current: number): number | undefined {
  if (sendInitialEvents === true) return undefined;
  if (sendInitialEvents === undefined && asked === 0) return undefined;
  return asked === 0 ? current : asked;
}

function tooOld(asked: number, oldest: number): ApiReply {
  const { status } = apiError("Expired", `too old resource version: ${asked} (${oldest})`);
  const event = { type: "ERROR", object: status } as const;
  return eventsReply({ kind: "events", events: () => once(event), stream: () => new Blob([line(event)]).stream() });
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}

/** Clients of this thread take whole objects. */
function valueForm(call: ResourceCall): EventForm<PayloadEvent> {
  return {
    event: (projected) => projected,
    live: (projected) => projected,
    bookmark: (revision, initialEventsEnd) => ({ type: "BOOKMARK", object: bookmarkObject(call, revision, initialEventsEnd) }),
  };
}

function line(value: object): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${JSON.stringify(value)}\n`);
}

function eventEncoder(core: Core, call: ResourceCall, representation: Representation): EventEncoder {
  const isTable = representation.as === "Table";
  if (isTable) includeObject(call);
  let isFirst = true;
  const form = (object: KubeObject) => {
    const value = objectForm(core, call, object, { representation, withColumns: isFirst });
    isFirst = false;
    return value;
  };
  return {
    id: isTable ? "" : `${representation.as}/${representation.version}`,
    encode: (type, object) => line({ type, object: form(object) }),
    bookmark: (revision, initialEventsEnd) => line({ type: "BOOKMARK", object: form(bookmarkObject(call, revision, initialEventsEnd)) }),
  };
}

function bookmarkObject({ kind }: ResourceCall, revision: number, initialEventsEnd: boolean): KubeObject {
  const annotations = initialEventsEnd ? { annotations: { [INITIAL_EVENTS_END]: "true" } } : {};
  return { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata: { resourceVersion: String(revision), ...annotations } };
}
