import { apiVersionOf, type KindRef } from "../api/meta/kind.ts";
import { ApiError, isNotFound, STATUS_CODES, type StatusReason } from "../api/meta/errors.ts";
import type { KubeObject } from "../api/meta/object.ts";
import { payloadOf, setPayload, takesPayloads, type PayloadEvent } from "../api/meta/payload.ts";
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

  const toRequest = takesPayloads(transport) ? payloadRequest : textRequest;

  const send = async (call: Call, signal?: AbortSignal): Promise<Response> => {
    const response = await transport(toRequest(origin + call.path, call, initOf(call, userAgent, signal)));
    if (!response.ok) throw await errorOf(response);
    return response;
  };
  const answer = async <T>(call: Call): Promise<T> => valueOf(await send(call)) as Promise<T>;

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
        await (await send(deleteCall(kind, key, options))).body?.cancel();
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

function initOf({ method, contentType }: Call, userAgent: string, signal: AbortSignal | undefined): RequestInit {
  const headers: Record<string, string> = { accept: "application/json", "user-agent": userAgent };
  if (contentType !== undefined) headers["content-type"] = contentType;
  return { method, headers, ...(signal === undefined ? {} : { signal }) };
}

function textRequest(url: string, { body }: Call, init: RequestInit): Request {
  return new Request(url, body === undefined ? init : { ...init, body: JSON.stringify(body) });
}

function payloadRequest(url: string, { body }: Call, init: RequestInit): Request {
  return setPayload(new Request(url, init), body === undefined ? { kind: "none" } : { kind: "json", value: body });
}

/** What the answer says: the object itself when it came as one. */
async function valueOf(response: Response): Promise<unknown> {
  const payload = payloadOf(response);
  return payload?.kind === "json" ? payload.value : response.json();
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

type Send = (call: Call, signal: AbortSignal) => Promise<Response>;

async function* watchEvents<T extends KubeObject>(
  kind: KindRef<T>,
  options: WatchOptions,
  signal: AbortSignal,
  send: Send,
): AsyncGenerator<WatchEvent<T>> {
  const response = await send(watchCall(kind, options), signal);
  for await (const event of eventsOf(response, signal)) {
    if (event.type === "ERROR") throw new ApiError(event.object as Status);
    yield event as WatchEvent<T>;
  }
}

function eventsOf(response: Response, signal: AbortSignal): AsyncIterable<PayloadEvent> {
  const payload = payloadOf(response);
  return payload?.kind === "events" ? payload.events() : parsedEvents(response, signal);
}

async function* parsedEvents({ body }: Response, signal: AbortSignal): AsyncGenerator<PayloadEvent> {
  if (body === null) return;
  for await (const line of readLines(body, signal)) yield JSON.parse(line) as PayloadEvent;
}

/** The `Status` that the server answered, or one made from the HTTP status when something in between spoke. */
async function errorOf(response: Response): Promise<ApiError> {
  const payload = payloadOf(response);
  const text = payload?.kind === "text" ? payload.text : await response.text();
  const body = payload?.kind === "json" ? payload.value : parseOrUndefined(text);
  if (isRecord(body) && body["kind"] === "Status") return new ApiError({ ...(body as unknown as Status), code: response.status });
  return new ApiError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: text.trim().slice(0, 500) || `the server answered ${response.status} ${response.statusText}`.trim(),
    reason: reasonOf(response.status),
    code: response.status,
  });
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
