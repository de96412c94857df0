import { apiError } from "../../../api/meta/errors.ts";
import { subresourcesOf, subresourceVerbs } from "../discovery/documents.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { bindPod } from "./binding.ts";
import { changeCrd, createCrd, deleteCrd } from "./crd.ts";
import { connect } from "./connect.ts";
import { create } from "./create.ts";
import { deleteCollection } from "./delete-collection.ts";
import { remove } from "./delete.ts";
import { finalizeNamespace } from "./finalize.ts";
import { get } from "./get.ts";
import { evict, handled } from "./handlers.ts";
import { verbsOf } from "./kind-index.ts";
import { list } from "./list.ts";
import { patch } from "./patch.ts";
import { createReview } from "./review.ts";
import { getScale, patchScale, updateScale } from "./scale.ts";
import { methodNotAllowed, update } from "./update.ts";
import { watch } from "./watch.ts";

export type Route = (core: Core, call: ResourceCall) => ApiReply | Promise<ApiReply>;

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
  const route = routesOf(kind)[info.verb];
  if (route === undefined || !verbsOf(kind).includes(info.verb) || (info.verb === "create" && info.name !== "")) throw methodNotAllowed();
  if ((info.verb === "update" || info.verb === "patch") && info.name === "") throw methodNotAllowed();
  return route;
}

const REVIEW: Readonly<Record<string, Route>> = { create: createReview };
const CRD: Readonly<Record<string, Route>> = {
  ...VERBS,
  create: createCrd,
  update: changeCrd,
  patch: changeCrd,
  delete: deleteCrd,
  deletecollection: deleteCrd,
};

function routesOf(kind: Kind): Readonly<Record<string, Route>> {
  if (kind.virtual === true) return REVIEW;
  return isCrd(kind) ? CRD : VERBS;
}

function isCrd({ group, plural }: Kind): boolean {
  return group === "apiextensions.k8s.io" && plural === "customresourcedefinitions";
}

const CONNECTS = new Set(["exec", "attach", "portforward"]);
const SCALE: Readonly<Record<string, Route>> = { get: getScale, update: updateScale, patch: patchScale };

function subresourceRoute({ kind, info }: ResourceCall): Route {
  if (!subresourcesOf(kind).includes(info.subresource)) throw unknownResource();
  const route = subresourceRoutes(kind, info.subresource)?.[info.verb];
  if (route === undefined) throw methodNotAllowed();
  return route;
}

function subresourceRoutes(kind: Kind, name: string): Readonly<Record<string, Route>> | undefined {
  if (name === "status") return isCrd(kind) ? { get, update: changeCrd, patch: changeCrd } : STATUS;
  if (name === "scale") return SCALE;
  if (kind.group === "" && name === "binding") return { create: bindPod };
  if (kind.group === "" && name === "eviction") return { create: evict };
  if (kind.group === "" && CONNECTS.has(name)) return { create: connect, get: connect };
  if (kind.group === "" && name === "finalize") return { update: finalizeNamespace };
  return Object.fromEntries(subresourceVerbs(name).map((verb) => [verb, handled]));
}

export function unknownResource(): Error {
  return apiError("NotFound", "the server could not find the requested resource", {});
}
