import { review } from "../auth/reviews.ts";
import type { TokenUser } from "../auth/authenticate.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { TokenReview } from "../../../api/k8s/types.generated.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { writeQuery } from "../http/query.ts";
import { checkPath, decodeBody } from "./decode.ts";
import { objectReply } from "./reply.ts";
import { methodNotAllowed } from "./update.ts";

/** Kinds that are answered and never stored. */
export async function createReview(core: Core, call: ResourceCall): Promise<ApiReply> {
  const { kind, info, user } = call;
  const body = decodeBody(core, call, writeQuery(call.query, "CreateOptions").fieldValidation);
  checkPath(call, body);
  const context = { rbac: core.rbac, user, namespace: kind.namespaced ? info.namespace : "", now: core.clock.now() };
  const answer = kind.kind === "TokenReview" ? await tokenReview(body, core.tokenUser) : review(kind.kind, body, context);
  if (answer === undefined) throw methodNotAllowed();
  return objectReply(core, call, answer, 201);
}

async function tokenReview(body: KubeObject, tokenUser: TokenUser): Promise<KubeObject> {
  const token = (body as TokenReview).spec?.token ?? "";
  const user = token === "" ? undefined : await tokenUser(token);
  const known = user === undefined ? { user: {} } : { authenticated: true, user: { username: user.name, groups: user.groups } };
  return { ...body, metadata: {}, status: known } as KubeObject;
}
