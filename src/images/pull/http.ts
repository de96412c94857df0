/** How registries are reached: `app/` gives the real one, which follows no redirect and sends no credentials of its own. */
export type Http = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** What has to be streamed is made anew each time it is sent. */
  readonly body?: string | (() => AsyncIterable<Uint8Array>);
  readonly tls?: TlsTrust;
}

/** Beside the authorities that the system trusts. */
export interface TlsTrust {
  /** PEM. */
  readonly ca?: readonly string[];
  readonly skipVerify?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  header(name: string): string | undefined;
  /** Ends with an error when the connection breaks; aborting the request's signal breaks it. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the connection up instead of reading the body. */
  discard(): void;
}

/** Why a registry did not do what it was asked; the message is for people and has the registry's own words. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type RegistryErrorCode =
  /** Other credentials might help. */
  | "unauthorized"
  | "not-found"
  /** Later, or from elsewhere, it might work. */
  | "unavailable"
  /** What came is not what it has to be. */
  | "invalid";
