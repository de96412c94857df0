import { apiVersionOf, type KindRef } from "../api/meta/kind.ts";
import { ApiError, isNotFound, STATUS_CODES, type StatusReason } from "../api/meta/errors.ts";
import type { KubeObject } from "../api/meta/object.ts";
import { exchangeOf, type ApiRequest, type Exchange, type PayloadEvent } from "../api/meta/payload.ts";
import type { ListMeta, Status } from "../api/k8s/types.generated.ts";
import { isRecord } from "../std/json.ts";
import { readLines } from "./lines.ts";
import { createCall, deleteCall, getCall, listCall, patchCall, updateCall, watchCall, type Call } from "./requests.ts";
import type { Client, List, Transport, WatchEvent, WatchOptions } from "./types.ts";

export interface ClientOptions {
  readonly transport: Transport;
  /** Origin of the request URLs; a transport within the process ignores it. */
  readonly baseUrl?: string;
  /** Names the program; the API server derives field managers from it. */
  readonly userAgent: string;
}

/**
 * A typed client of any API server that the transport reaches. When it is in the same thread, objects pass as they are,
 * without text: then answers are frozen and shared.
 */
export function createClient({ transport, baseUrl = "http://apiserver", userAgent }: ClientOptions): Client {
  const origin = baseUrl.replace(/\/+$/, "");

  const exchange = exchangeOf(transport);
  const send = exchange === undefined ? sendText(transport, origin, userAgent) : sendValues(exchange, userAgent);
  const answer = async <T>(call: Call): Promise<T> => (await send(call)).value() as Promise<T>;

  return {
    get: async <T extends KubeObject>(kind: KindRef<T>, key: { namespace: string; name: string }) => {
      try {
        return await answer<T>(getCall(kind, key));
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    list: async <T extends KubeObject>(kind: KindRef<T>, options = {}) => listOf(kind, await answer<ListBody<T>>(listCall(kind, options))),
    create: (kind, object, options) => answer(createCall(kind, object, options)),
    update: (kind, object, options) => answer(updateCall(kind, object, options)),
    updateStatus: (kind, object) => answer(updateCall(kind, object, { subresource: "status" })),
    patch: (kind, key, patch, options) => answer(patchCall(kind, key, patch, options)),
    delete: async (kind, key, options) => {
      try {
        await (await send(deleteCall(kind, key, options))).discard();
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    watch: (kind, options, signal) => watchEvents(kind, options, signal, send),
  };
}

interface ListBody<T> {
  readonly metadata?: ListMeta;
  readonly items: T[] | null;
}

/** An answer that is no failure, of which one thing is read. */
interface Answer {
  value(): unknown;
  events(signal: AbortSignal): AsyncIterable<PayloadEvent>;
  discard(): Promise<void> | undefined;
}

/** @throws ApiError the failure that the server answered */
type Send = (call: Call, signal?: AbortSignal) => Promise<Answer>;

function headersOf({ contentType }: Call, userAgent: string): Record<string, string> {
  const headers = { accept: "application/json", "user-agent": userAgent };
  return contentType === undefined ? headers : { ...headers, "content-type": contentType };
}

function sendText(transport: Transport, origin: string, userAgent: string): Send {
  return async (call, signal) => {
    const { method, body } = call;
    const init = { method, headers: headersOf(call, userAgent), ...(signal === undefined ? {} : { signal }) };
    const request = new Request(origin + call.path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
    const response = await transport(request);
    if (!response.ok) throw failure(response, await response.text());
    return {
      value: () => response.json(),
      events: (watcher) => parsedEvents(response, watcher),
      discard: () => response.body?.cancel(),
    };
  };
}

/** To a server of this thread, which gives objects as they are. */
function sendValues(exchange: Exchange, userAgent: string): Send {
  return async (call, signal) => {
    const { status, body } = await exchange(valueRequest(call, headersOf(call, userAgent), signal));
    if (status >= 300) throw failure({ status }, body.kind === "json" ? body.value : body.kind === "text" ? body.text : "");
    return {
      value: () => (body.kind === "json" ? body.value : undefined),
      events: () => {
        if (body.kind !== "events") throw new Error(`a watch was answered with ${body.kind}`);
        return body.events();
      },
      discard: () => undefined,
    };
  };
}

function valueRequest({ method, path, body }: Call, headers: ApiRequest["headers"], signal: AbortSignal | undefined): ApiRequest {
  return { method, target: path, headers, signal, body: body === undefined ? { kind: "none" } : { kind: "json", value: body } };
}

/** Items of built-in kinds come without their type; every object that leaves here has it. */
function listOf<T extends KubeObject>(kind: KindRef<T>, body: ListBody<T>): List<T> {
  const items = body.items ?? [];
  for (const item of items) {
    item.apiVersion ??= apiVersionOf(kind);
    item.kind ??= kind.kind;
  }
  const token = body.metadata?.continue;
  return { items, resourceVersion: body.metadata?.resourceVersion ?? "", ...(token ? { continue: token } : {}) };
}

async function* watchEvents<T extends KubeObject>(
  kind: KindRef<T>,
  options: WatchOptions,
  signal: AbortSignal,
  send: Send,
): AsyncGenerator<WatchEvent<T>> {
  const answer = await send(watchCall(kind, options), signal);
  for await (const event of answer.events(signal)) {
    if (event.type === "ERROR") throw new ApiError(event.object as Status);
    yield event as WatchEvent<T>;
  }
}

async function* parsedEvents({ body }: Response, signal: AbortSignal): AsyncGenerator<PayloadEvent> {
  if (body === null) return;
  for await (const line of readLines(body, signal)) yield JSON.parse(line) as PayloadEvent;
}

/** The `Status` that the server answered, or one made from the HTTP status when something in between spoke. */
function failure({ status: code, statusText = "" }: { status: number; statusText?: string }, answer: unknown): ApiError {
  const body = typeof answer === "string" ? parseOrUndefined(answer) : answer;
  if (isRecord(body) && body["kind"] === "Status") return new ApiError({ ...(body as unknown as Status), code });
  const text = typeof answer === "string" ? answer.trim().slice(0, 500) : "";
  const message = text || `the server answered ${code} ${statusText}`.trim();
  return new ApiError({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason: reasonOf(code), code });
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(code: number): string {
  const reasons = Object.keys(STATUS_CODES) as StatusReason[];
  return reasons.find((reason) => STATUS_CODES[reason] === code) ?? "Unknown";
}
