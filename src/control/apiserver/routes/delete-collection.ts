import { isNotFound } from "../../../api/meta/errors.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { listQuery } from "../http/query.ts";
import { deleteObject } from "./delete.ts";
import { deletionOf } from "./delete-options.ts";
import { listReply } from "./reply.ts";
import { selectionOf } from "./select.ts";

/** Deletes what the selectors match, one after the other; the answer lists what was matched. */
export async function deleteCollection(core: Core, call: ResourceCall): Promise<ApiReply> {
  const deletion = deletionOf(call);
  const selection = selectionOf(call, listQuery(call.query));
  const objects = core.resources
    .of(call.kind)
    .list(selection.prefix)
    .filter((object) => selection.matches(object));
  for (const { metadata } of objects) {
    const info = { ...call.info, namespace: metadata.namespace ?? "", name: metadata.name ?? "" };
    await deleteObject(core, { ...call, info }, deletion).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
  return listReply(core, call, objects, { resourceVersion: String(core.resources.cache.revision) });
}
