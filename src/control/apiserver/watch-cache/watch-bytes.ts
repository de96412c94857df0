import type { KubeObject } from "../../../api/meta/object.ts";
import type { CacheEvent } from "./kind-cache.ts";
import type { ProjectedEvent } from "./project.ts";
import type { EventForm, WatchFeed } from "./watch-feed.ts";

/** Turns events into bytes of one form; what it returns for the same event is shared between watchers. */
export interface EventEncoder {
  /** Encoders with the same id give the same bytes; "" is never shared. */
  readonly id: string;
  encode(type: ProjectedEvent["type"], object: KubeObject): Uint8Array;
  bookmark(revision: number, initialEventsEnd: boolean): Uint8Array;
}

const CHUNK_BYTES = 64 * 1024;

export function bytesForm(encoder: EventEncoder): EventForm<Uint8Array> {
  return {
    event: ({ type, object }) => encoder.encode(type, object),
    live: (projected, event) => sharedBytes(event, projected, encoder),
    bookmark: (revision, initialEventsEnd) => encoder.bookmark(revision, initialEventsEnd),
  };
}

/** The feed as a byte stream, in chunks of about `CHUNK_BYTES`. It is read no faster than its reader asks. */
export function feedBytes(feed: WatchFeed<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        feed.onChange = () => pump(feed, controller);
      },
      pull: (controller) => pump(feed, controller),
      cancel() {
        feed.onChange = () => {};
        feed[Symbol.dispose]();
      },
    },
    { highWaterMark: 1 },
  );
}

function pump(feed: WatchFeed<Uint8Array>, controller: ReadableStreamDefaultController<Uint8Array>): void {
  while ((controller.desiredSize ?? 0) > 0) {
    const chunk = takeChunk(feed);
    if (chunk !== undefined) controller.enqueue(chunk);
    else if (feed.ended) return close(feed, controller);
    else return;
  }
  if (feed.ended) finish(feed, controller);
}

/** An ended feed is handed over whole: nobody has to ask for the rest. */
function finish(feed: WatchFeed<Uint8Array>, controller: ReadableStreamDefaultController<Uint8Array>): void {
  for (let chunk = takeChunk(feed); chunk !== undefined; chunk = takeChunk(feed)) controller.enqueue(chunk);
  close(feed, controller);
}

function close(feed: WatchFeed<Uint8Array>, controller: ReadableStreamDefaultController<Uint8Array>): void {
  feed.onChange = () => {};
  controller.close();
}

function takeChunk(feed: WatchFeed<Uint8Array>): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < CHUNK_BYTES) {
    const bytes = feed.take();
    if (bytes === undefined) break;
    parts.push(bytes);
    size += bytes.length;
  }
  return parts.length <= 1 ? parts[0] : concat(parts, size);
}

/** Watchers see an event one after the other, so the forms of the latest one are all that is worth keeping. */
let latest: { readonly event: CacheEvent; readonly forms: Map<string, Uint8Array> } | undefined;

/** The bytes of an event, made once for all watchers of one form. */
function sharedBytes(event: CacheEvent, projected: ProjectedEvent, encoder: EventEncoder): Uint8Array {
  if (encoder.id === "") return encoder.encode(projected.type, projected.object);
  if (latest?.event !== event) latest = { event, forms: new Map() };
  const id = `${projected.type} ${encoder.id}`;
  const known = latest.forms.get(id);
  if (known !== undefined) return known;
  const bytes = encoder.encode(projected.type, projected.object);
  latest.forms.set(id, bytes);
  return bytes;
}

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
