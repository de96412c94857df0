import { apiError } from "../../../api/meta/errors.ts";
import { subresourcesOf } from "../discovery/documents.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { create } from "./create.ts";
import { deleteCollection } from "./delete-collection.ts";
import { remove } from "./delete.ts";
import { get } from "./get.ts";
import { verbsOf } from "./kind-index.ts";
import { list } from "./list.ts";
import { patch } from "./patch.ts";
import { methodNotAllowed, update } from "./update.ts";
import { watch } from "./watch.ts";

export type Route = (core: Core, call: ResourceCall) => Promise<Response>;

const VERBS: Readonly<Record<string, Route>> = {
  create,
  get,
  list,
  watch,
  update,
  patch,
  delete: remove,
  deletecollection: deleteCollection,
};
const STATUS: Readonly<Record<string, Route>> = { get, update, patch };

/** The route of a call. @throws ApiError 404 or 405. */
export function routeOf(call: ResourceCall): Route {
  const { kind, info } = call;
  if (info.subresource !== "") return subresourceRoute(call);
  const route = VERBS[info.verb];
  if (route === undefined || !verbsOf(kind).includes(info.verb) || (info.verb === "create" && info.name !== "")) throw methodNotAllowed();
  if ((info.verb === "update" || info.verb === "patch") && info.name === "") throw methodNotAllowed();
  return route;
}

function subresourceRoute({ kind, info }: ResourceCall): Route {
  if (!subresourcesOf(kind).includes(info.subresource)) throw unknownResource();
  const route = info.subresource === "status" ? STATUS[info.verb] : undefined;
  if (route === undefined) throw methodNotAllowed();
  return route;
}

export function unknownResource(): Error {
  return apiError("NotFound", "the server could not find the requested resource", {});
}
