import { apiError, badRequest } from "../../api/meta/errors.ts";
import type { Journal, Offset, ReadResult, StreamId, StreamState } from "../journal/contract.ts";

type Readable = Pick<Journal, "streams" | "read">;

/** @throws ApiError 503 */
export async function stateOf(journal: Readable, stream: StreamId): Promise<StreamState> {
  return (await journal.streams()).find((state) => state.stream === stream) ?? { stream, oldest: 0, head: 0 };
}

/** `head`, `oldest`, an offset, or an RFC 3339 time: the first event that came then or later. @throws ApiError 400 */
export async function positionOf(journal: Readable, stream: StreamId, text: string): Promise<Offset> {
  const state = await stateOf(journal, stream);
  if (text === "head") return state.head;
  if (text === "oldest") return state.oldest;
  if (/^\d{1,15}$/.test(text)) return Math.min(Math.max(Number(text), state.oldest), state.head);
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs))
    throw badRequest(`${JSON.stringify(text)} is no place in a broker's events: head, oldest, an offset or an RFC 3339 time`);
  return firstSince(journal, state, atMs);
}

/** Times of receipt rise with the offsets, as far as the clock did. */
async function firstSince(journal: Readable, { stream, oldest, head }: StreamState, atMs: number): Promise<Offset> {
  let [low, high] = [oldest, head];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { events } = readable(await journal.read({ stream, from: middle, limit: 1 }));
    const [event] = events;
    if (event !== undefined && event.receivedAtMs < atMs) low = Math.max(event.offset, middle) + 1;
    else high = middle;
  }
  return low;
}

/** @throws ApiError 503 when the journal cannot be read there. */
export function readable(result: ReadResult): ReadResult & { readonly kind: "ok" } {
  if (result.kind === "ok") return result;
  throw apiError("ServiceUnavailable", result.kind === "quarantined" ? result.gap.message : result.message);
}
