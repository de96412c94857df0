import type { ObjectKey } from "../../../api/meta/object.ts";
import type { User } from "../auth/user.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { jsonReply } from "../http/respond.ts";
import { fromResponse, toRequest } from "../http/standard.ts";
import { remove } from "./delete.ts";
import { existing, keyOfCall } from "./get.ts";
import { methodNotAllowed } from "./update.ts";

/** Serves a subresource outside of the API server, e.g. `pods/log`. The object exists when it is called. */
export type SubresourceHandler = (request: Request, key: ObjectKey, user: User) => Promise<Response>;

/** Subresources that the app serves, by `plural/subresource` with the group in front when there is one. */
export async function handled(core: Core, call: ResourceCall): Promise<ApiReply> {
  const { kind, info, request, user } = call;
  existing(core, call);
  const name = `${kind.group === "" ? "" : `${kind.group}/`}${kind.plural}/${info.subresource}`;
  const handler = core.handlers[name];
  if (handler === undefined) throw methodNotAllowed();
  return fromResponse(await handler(toRequest(request), keyOfCall(call), user));
}

/** `POST pods/NAME/eviction`: a deletion; there are no disruption budgets to mind. */
export async function evict(core: Core, call: ResourceCall): Promise<ApiReply> {
  await remove(core, call, "eviction");
  return jsonReply({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 }, { status: 201, pretty: call.pretty });
}
