/** The API group observe.kinetic.dev: requests that were authenticated and authorized already. */
import { ApiError, apiError, badRequest, notFound } from "../../api/meta/errors.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { deadLetterKind } from "../../api/observe/dead-letter.ts";
import { eventRecordKind } from "../../api/observe/event-record.ts";
import { OBSERVE_API_VERSION, OBSERVE_GROUP, OBSERVE_VERSION } from "../../api/observe/group.ts";
import { redriveKind, type Redrive } from "../../api/observe/redrive.ts";
import { replayKind } from "../../api/observe/replay.ts";
import { DeadLetters, idOf } from "./dead-letters.ts";
import { EventRecords, type EventQuery } from "./event-records.ts";
import { jsonLines } from "./json-lines.ts";
import { Redrives } from "./redrives.ts";
import type { Replays } from "./replays.ts";
import type { ObserveWorld } from "./world.ts";

type Handler = (request: Request) => Promise<Response>;

/** One request, taken apart. */
interface Ask {
  readonly request: Request;
  readonly query: URLSearchParams;
  /** "" for all namespaces. */
  readonly namespace: string;
  readonly name: string;
}

type Verb = (ask: Ask) => Promise<Response>;

/** Never rejects for what the caller did; what fails is a Status. */
export function observeHandler(world: ObserveWorld, replays: Replays): Handler {
  const deadLetters = new DeadLetters(world);
  const routes: Readonly<Record<string, Verb>> = {
    ...deadLetterVerbs(deadLetters),
    ...eventVerbs(new EventRecords(world)),
    ...replayVerbs(replays),
    ...redriveVerbs(new Redrives(world, deadLetters)),
  };
  return async (request) => {
    try {
      return await answer(routes, request);
    } catch (error) {
      if (error instanceof ApiError) return json(error.status, error.code);
      world.logger.error("observe request failed", { method: request.method, url: request.url, error });
      return json(apiError("InternalError", "Internal error occurred: see the log of the platform").status, 500);
    }
  };
}

const PATH = new RegExp(`^/apis/${OBSERVE_GROUP}/${OBSERVE_VERSION}/(?:namespaces/([^/]+)/)?([a-z]+)(?:/([^/]+))?$`);

function answer(routes: Readonly<Record<string, Verb>>, request: Request): Promise<Response> {
  const { pathname, searchParams: query } = new URL(request.url);
  const [, namespace = "", resource = "", name = ""] = PATH.exec(pathname) ?? [];
  const scope = name === "" ? "all" : "one";
  const watches = query.get("watch");
  const verb = routes[`${request.method} ${resource} ${watches === "true" || watches === "1" ? "watch" : scope}`];
  if (verb === undefined) throw apiError("NotFound", "the server could not find the requested resource", {});
  if (namespace === "" && request.method !== "GET") throw badRequest("a namespace is needed");
  return verb({ request, query, namespace, name });
}

function deadLetterVerbs(deadLetters: DeadLetters): Record<string, Verb> {
  const everything = (ask: Ask) => ({ namespace: namespaceOf(ask), labelSelector: ask.query.get("labelSelector") });
  return {
    "GET deadletters all": async (ask) => {
      const limit = Number(ask.query.get("limit") ?? 0);
      const page = await deadLetters.list({ ...everything(ask), limit, after: idOf(ask.query.get("continue") ?? "") ?? 0 });
      return listOf(deadLetterKind.kind, page.items, page.continue);
    },
    "GET deadletters one": async ({ namespace, name }) => json((await deadLetters.get(namespace, name)).object),
    "PUT deadletters one": async ({ namespace, name, request }) => json(await deadLetters.edit(namespace, name, await bodyOf(request))),
    "DELETE deadletters one": async ({ namespace, name, query }) => {
      const { item } = await deadLetters.get(namespace, name);
      if (!isDryRun(query)) await deadLetters.purge([item]);
      return success();
    },
    "DELETE deadletters all": async (ask) => {
      const purged = await deadLetters.purgeSelected(everything(ask), isDryRun(ask.query));
      return json({ ...successStatus, message: `${purged.length} purged`, details: { kind: "deadletters", count: purged.length } });
    },
  };
}

function eventVerbs(records: EventRecords): Record<string, Verb> {
  const queryOf = (ask: Ask): EventQuery => {
    return { namespace: namespaceOf(ask), broker: ask.query.get("broker"), trigger: ask.query.get("trigger") };
  };
  return {
    "GET eventrecords all": async (ask) => {
      const id = ask.query.get("id");
      if (id === null) return listOf(eventRecordKind.kind, await records.list(queryOf(ask), Number(ask.query.get("limit") ?? 0)));
      return listOf(eventRecordKind.kind, await records.lives(queryOf(ask), id, ask.request.signal));
    },
    "GET eventrecords one": ({ name }) => Promise.reject(notFound(eventRecordKind, name)),
    "GET eventrecords watch": async (ask) => {
      const { signal } = ask.request;
      const events = await records.tail(queryOf(ask), ask.query.get("from") ?? "head", signal);
      return jsonLines(watched(events), ask.request);
    },
  };
}

async function* watched(events: AsyncIterable<KubeObject>): AsyncGenerator<object> {
  for await (const object of events) yield { type: "ADDED", object };
}

function replayVerbs(replays: Replays): Record<string, Verb> {
  return {
    "GET replays all": async (ask) => listOf(replayKind.kind, await replays.list(namespaceOf(ask))),
    "GET replays one": async ({ namespace, name }) => json(await replays.get(namespace, name)),
    "POST replays all": async ({ namespace, query, request }) =>
      json(await replays.create(namespace, await bodyOf(request), isDryRun(query)), 201),
    "DELETE replays one": async ({ namespace, name }) => {
      await replays.cancel(namespace, name);
      return success();
    },
  };
}

function redriveVerbs(redrives: Redrives): Record<string, Verb> {
  return {
    [`POST ${redriveKind.plural} all`]: async ({ namespace, request }) => {
      const body = (await bodyOf(request)) as Partial<Redrive> | null;
      const plan = await redrives.plan(namespace, body?.spec ?? {});
      return jsonLines(redrives.run(plan, request.signal), request);
    },
  };
}

function namespaceOf({ namespace }: Ask): string | undefined {
  return namespace === "" ? undefined : namespace;
}

/** @throws ApiError 400 */
async function bodyOf(request: Request): Promise<unknown> {
  try {
    return JSON.parse(await request.text());
  } catch {
    throw badRequest("the body is no JSON");
  }
}

function isDryRun(query: URLSearchParams): boolean {
  return query.get("dryRun") === "All";
}

const successStatus = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" } as const;

function success(): Response {
  return json(successStatus);
}

function listOf(kind: string, items: readonly KubeObject[], next?: string): Response {
  const metadata = { resourceVersion: "", ...(next === undefined ? {} : { continue: next }) };
  return json({ kind: `${kind}List`, apiVersion: OBSERVE_API_VERSION, metadata, items });
}

function json(value: unknown, status = 200): Response {
  return new Response(`${JSON.stringify(value)}\n`, { status, headers: { "content-type": "application/json" } });
}
