import type { IncomingMessage } from "node:http";
import type { CloudEvent } from "cloudevents";
import { mediaType, valuesOf } from "./body.ts";
import { cloudEventResponse } from "./events.ts";
import type { Logger } from "./logger.ts";
import type { Context } from "./types.ts";

export interface ContextInput {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly bytes: Buffer | undefined;
  readonly body: unknown;
  readonly event: CloudEvent<unknown> | undefined;
  readonly log: Logger;
}

export function makeContext({ request, url, bytes, body, event, log }: ContextInput): Context {
  const query = valuesOf(url.searchParams);
  const type = mediaType(request.headers["content-type"]);
  return {
    ...query, // first: no parameter may hide what follows
    method: request.method ?? "",
    url: request.url ?? "",
    headers: { ...request.headers },
    query: { ...query },
    ...(bytes === undefined ? {} : { body, rawBody: bytes.toString() }),
    ...(type === "" ? {} : { contentType: type }),
    httpVersion: request.httpVersion,
    httpVersionMajor: request.httpVersionMajor,
    httpVersionMinor: request.httpVersionMinor,
    log,
    ...(event === undefined ? {} : { cloudevent: event }),
    cloudEventResponse,
  };
}
