import { notFound } from "../../../api/meta/errors.ts";
import type { KubeObject, ObjectKey } from "../../../api/meta/object.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { revisionOf } from "../http/query.ts";
import { tooLarge } from "./list.ts";
import { objectReply } from "./reply.ts";

export function keyOfCall(call: ResourceCall): ObjectKey {
  return { namespace: call.kind.namespaced ? call.info.namespace : "", name: call.info.name };
}

/** The object that the path names. @throws ApiError 404. */
export function existing(core: Core, call: ResourceCall): KubeObject {
  const object = core.resources.get(call.kind, keyOfCall(call));
  if (object === undefined) throw notFound(call.kind, call.info.name);
  return object;
}

export function get(core: Core, call: ResourceCall): ApiReply {
  const asked = revisionOf(call.query.get("resourceVersion") ?? "");
  const { revision } = core.resources.cache;
  if (asked > revision) throw tooLarge(asked, revision);
  return objectReply(core, call, existing(core, call));
}
