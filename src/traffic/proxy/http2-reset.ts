import type { Http2Stream } from "node:http2";

/**
 * Breaks a stream off. node:http2 ends a stream before it resets it, which a peer takes for a complete message; a stream that
 * was opened with `waitForTrailers` is not ended while somebody is going to send them.
 */
export function resetStream(stream: Http2Stream, code: number): void {
  stream.once("wantTrailers", () => {});
  stream.close(code);
}
