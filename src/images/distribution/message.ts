/** What the HTTP edge hands to the registry: bodies stay streams, so that a layer is never whole in memory. */
export interface RegistryRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  /** Ends early with an error when the client goes away. Whoever stops reading leaves the rest to the edge. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface RegistryResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
}

export function json(value: unknown, headers: RegistryResponse["headers"] = {}, status = 200): RegistryResponse {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { "content-type": "application/json", "content-length": String(body.length), ...headers }, body };
}

export function empty(status: number, headers: RegistryResponse["headers"] = {}): RegistryResponse {
  return { status, headers: { "content-length": "0", ...headers } };
}
