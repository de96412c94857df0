import { delay } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { RegistryError, type HttpResponse } from "./http.ts";
import type { RegistryCall, Session } from "./session.ts";
import { isHtml, networkWords, wordsOf } from "./words.ts";

export interface BlobStreamOptions {
  readonly session: Session;
  readonly clock: Clock;
  readonly blob: Pick<Descriptor, "digest" | "size">;
}

/** Without a byte for this long a connection counts as dead. */
export const STALL_MS = 30_000;
/** Connections in a row that brought nothing, and in all. */
const LIMITS = { fruitless: 4, connections: 30 };
const FIRST_WAIT_MS = 250;

/**
 * The bytes of a blob. A connection that breaks or stalls is followed by another one that goes on where it ended. The content
 * is not verified here. Throws RegistryError when there is no getting on.
 */
export async function* blobStream(options: BlobStreamOptions, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { clock, blob } = options;
  let offset = 0;
  let fruitless = 0;
  for (let connections = 1; offset < blob.size; connections += 1) {
    const before = offset;
    try {
      for await (const piece of connection(options, offset, signal)) {
        offset += piece.length;
        yield piece;
      }
      if (offset < blob.size) throw new Interruption(`it ended after ${offset} of ${blob.size} bytes`);
    } catch (error) {
      signal.throwIfAborted();
      fruitless = offset > before ? 0 : fruitless + 1;
      if (!(error instanceof Interruption)) throw error;
      if (fruitless >= LIMITS.fruitless || connections >= LIMITS.connections) throw given(error, options);
      await delay(clock, FIRST_WAIT_MS * 2 ** fruitless, signal);
    }
  }
}

/** Something that the next connection may do better. */
class Interruption extends Error {}

function given(error: Interruption, { session, blob }: BlobStreamOptions): RegistryError {
  if (error.cause instanceof RegistryError) return error.cause;
  return new RegistryError("unavailable", `${session.describe(callOf(blob.digest))}: ${error.message}`, { cause: error });
}

async function* connection({ session, clock, blob }: BlobStreamOptions, offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const call = callOf(blob.digest, offset);
  const response = await session.call(call, signal, [200, 206, 416]).catch((error: unknown) => {
    if (error instanceof RegistryError && error.code === "unavailable") throw new Interruption(error.message, { cause: error });
    throw error;
  });
  try {
    await check(session.describe(call), response, { offset, size: blob.size });
    let skip = response.status === 200 ? offset : 0;
    for await (const piece of watched(response, clock)) {
      const rest = piece.subarray(Math.min(skip, piece.length));
      skip -= piece.length - rest.length;
      if (rest.length > 0) yield rest;
    }
  } catch (error) {
    if (error instanceof RegistryError || error instanceof Interruption) throw error;
    throw new Interruption(networkWords(error, new URL(session.endpoint.base)), { cause: error });
  } finally {
    response.discard();
  }
}

async function check(where: string, response: HttpResponse, { offset, size }: { offset: number; size: number }): Promise<void> {
  if (response.status === 416)
    throw new RegistryError("invalid", `${where}: the blob ends after ${offset} bytes, but the manifest states ${size}`);
  if (isHtml(response)) throw new RegistryError("unavailable", `${where}: ${await wordsOf(response)}`);
  if (response.status === 206 && !(response.header("content-range") ?? "").startsWith(`bytes ${offset}-`))
    throw new RegistryError("invalid", `${where}: asked for the bytes from ${offset}, got ${response.header("content-range") ?? "others"}`);
}

/** Ends with an error when no byte comes for STALL_MS. */
async function* watched(response: HttpResponse, clock: Clock): AsyncGenerator<Uint8Array> {
  const iterator = response.body[Symbol.asyncIterator]();
  for (;;) {
    const { promise: stalled, reject } = Promise.withResolvers<never>();
    using _timer = clock.setTimer(STALL_MS, () => {
      reject(new Interruption(`no byte came for ${STALL_MS / 1000} s`));
      response.discard();
    });
    const next = await Promise.race([iterator.next(), stalled]);
    if (next.done === true) return;
    yield next.value;
  }
}

function callOf(digest: string, offset = 0): RegistryCall {
  return { method: "GET", path: `blobs/${digest}`, headers: offset === 0 ? {} : { range: `bytes=${offset}-` } };
}
