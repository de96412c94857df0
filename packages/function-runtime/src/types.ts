import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { CloudEvent } from "cloudevents";
import type { Logger } from "./logger.ts";

/** What a function is told about the request. Each query parameter is also a property of its own. */
export interface Context {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** An object if it came as JSON or as a form, a string if it is text, else a Buffer; undefined without a body. */
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly contentType?: string;
  readonly httpVersion: string;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  readonly log: Logger;
  /** The event, when the request carries one. */
  readonly cloudevent?: CloudEvent<unknown>;
  cloudEventResponse(data: unknown): CloudEventResponse;
}

/** Makes an event to answer with. */
export interface CloudEventResponse {
  version(version: string): CloudEventResponse;
  id(id: string): CloudEventResponse;
  type(type: string): CloudEventResponse;
  source(source: string): CloudEventResponse;
  response(): CloudEvent<unknown>;
}

export type Handle = (context: Context, input?: unknown) => unknown;

/** Answers a probe by what it returns, or by the response itself. */
export interface HealthCheck {
  (request: IncomingMessage, response: ServerResponse): unknown;
  readonly path?: string;
}

export interface FunctionOptions {
  readonly logLevel?: string;
  /** Of request bodies, bytes. */
  readonly bodyLimit?: number;
  /** false: only `/` leads to the function. */
  readonly allPaths?: boolean;
}

/** A function's module, whatever its form: what it may export. */
export interface FunctionModule {
  readonly handle: Handle;
  readonly init?: () => unknown;
  readonly shutdown?: () => unknown;
  readonly liveness?: HealthCheck;
  readonly readiness?: HealthCheck;
  /** Origins that browsers may call from; without it all may. */
  readonly cors?: () => readonly string[];
  readonly options?: FunctionOptions;
  /** The hooks that functions of every language have. */
  readonly start?: (env: Readonly<Record<string, string | undefined>>) => unknown;
  readonly stop?: () => unknown;
  readonly alive?: () => unknown;
  readonly ready?: () => unknown;
}
