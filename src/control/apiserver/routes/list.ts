import { ApiError, apiError, badRequest } from "../../../api/meta/errors.ts";
import { formatKey, type KubeObject } from "../../../api/meta/object.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { checkListQuery, listQuery, revisionOf, type ListQuery } from "../http/query.ts";
import { keyFor } from "../storage/resource-store.ts";
import type { KindView } from "../watch-cache/kind-cache.ts";
import { decodeContinue, encodeContinue, type Position } from "./continue-token.ts";
import { listReply, type ListMetadata } from "./reply.ts";
import { selectionOf, type Selection } from "./select.ts";

const EXPIRED_CONTINUE =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue " +
  "parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token " +
  "results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and " +
  "now may show up in the list.";

export async function list(core: Core, call: ResourceCall): Promise<ApiReply> {
  const query = listQuery(call.query);
  checkListQuery(query, false);
  const selection = selectionOf(call, query);
  const page = await takePage(core, call, query, selection);
  return listReply(core, call, page.objects, page.metadata);
}

interface Page {
  readonly objects: readonly KubeObject[];
  readonly metadata: ListMetadata;
}

async function takePage(core: Core, call: ResourceCall, query: ListQuery, selection: Selection): Promise<Page> {
  const cache = core.resources.of(call.kind);
  const position = startOf(core, query, cache);
  const limit = ignoresLimit(query) ? 0 : Math.max(0, query.limit);
  const revision = position.revision ?? core.resources.cache.revision; // before anything is waited for
  const all = await stateAt(cache, selection, position);
  const matching = all.filter((object) => selection.matches(object));
  const objects = limit > 0 ? matching.slice(0, limit) : matching;
  if (objects.length === matching.length) return { objects, metadata: { resourceVersion: String(revision) } };
  const last = formatKey(keyFor(call.kind, objects.at(-1) as KubeObject));
  return {
    objects,
    metadata: moreMetadata(revision, last.slice(selection.prefix.length), selection.filtered ? undefined : matching.length - limit),
  };
}

function moreMetadata(revision: number, last: string, remaining: number | undefined): ListMetadata {
  const token = encodeContinue({ revision, after: last });
  return { resourceVersion: String(revision), continue: token, ...(remaining === undefined ? {} : { remainingItemCount: remaining }) };
}

/** The state that the list shows: `revision` undefined is now. */
function startOf(core: Core, query: ListQuery, cache: KindView): Position {
  const current = core.resources.cache.revision;
  const asked = revisionOf(query.resourceVersion, (why) =>
    badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(query.resourceVersion)}: ${why}`),
  );
  if (query.continue !== "") return continued(query, cache);
  if (asked > current) throw tooLarge(asked, current);
  const exact = query.resourceVersionMatch === "Exact" || (query.resourceVersionMatch === "" && asked > 0 && query.limit > 0);
  if (!exact || asked === 0) return { revision: undefined, after: undefined };
  if (asked < cache.oldest) throw apiError("Expired", "The resourceVersion for the provided list is too old.");
  return { revision: asked, after: undefined };
}

function continued(query: ListQuery, cache: KindView): Position {
  if (query.resourceVersion !== "" && query.resourceVersion !== "0")
    throw badRequest("specifying resource version is not allowed when using continue");
  const position = decodeContinue(query.continue);
  if (position.revision !== undefined && position.revision < cache.oldest) throw expiredContinue(position);
  return position;
}

function expiredContinue(position: Position): ApiError {
  const { status } = apiError("Expired", EXPIRED_CONTINUE);
  return new ApiError({ ...status, metadata: { continue: encodeContinue({ ...position, revision: -1 }) } });
}

export function tooLarge(asked: number, current: number): ApiError {
  return apiError("Timeout", `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

function ignoresLimit({ resourceVersion, resourceVersionMatch, continue: token }: ListQuery): boolean {
  return token === "" && resourceVersion === "0" && resourceVersionMatch !== "Exact";
}

async function stateAt(cache: KindView, { prefix, key }: Selection, { revision, after }: Position): Promise<readonly KubeObject[]> {
  if (revision === undefined) {
    if (key !== undefined) return [cache.get(key)].filter((object) => object !== undefined);
    if (after === undefined) return cache.list(prefix);
    return cache
      .keys(prefix)
      .filter((each) => each > prefix + after)
      .map((each) => cache.get(each) as KubeObject);
  }
  const entries = await cache.listAt(prefix, revision);
  if (entries === undefined) throw apiError("Expired", "The resourceVersion for the provided list is too old.");
  return entries.filter((entry) => after === undefined || entry.key > prefix + after).map((entry) => entry.object);
}
