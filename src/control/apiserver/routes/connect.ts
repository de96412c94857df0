import { badRequest } from "../../../api/meta/errors.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { PodSession } from "../../../api/ports/pod-streams.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { existing } from "./get.ts";
import { methodNotAllowed } from "./update.ts";

/** Opens a session with what an object stands for, e.g. `pods/exec`. @throws ApiError */
export type SessionHandler = (object: KubeObject, query: URLSearchParams) => PodSession | Promise<PodSession>;

/** The subresources that leave HTTP. The listener upgrades the connection once this has said yes. */
export async function connect(core: Core, call: ResourceCall): Promise<ApiReply> {
  const { kind, info, request, query } = call;
  const object = existing(core, call);
  const open = core.sessions[`${kind.plural}/${info.subresource}`];
  if (open === undefined) throw methodNotAllowed();
  const session = await open(object, query);
  if (request.headers["upgrade"] === undefined) throw badRequest("Upgrade request required");
  return { status: 101, headers: {}, body: { kind: "session", session } };
}
