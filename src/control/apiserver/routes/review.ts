import { review, userInfo } from "../auth/reviews.ts";
import { authenticated } from "../auth/user.ts";
import type { TokenUser } from "../auth/authenticate.ts";
import { badRequest } from "../../../api/meta/errors.ts";
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

/** Whom a token stands for, and for which of the asked audiences. */
async function tokenReview(body: KubeObject, tokenUser: TokenUser): Promise<KubeObject> {
  const { token = "", audiences } = (body as TokenReview).spec ?? {};
  if (token === "") throw badRequest("token is required for TokenReview in authentication");
  const answer = await tokenUser(token, audiences?.length === 0 ? undefined : audiences);
  const status =
    answer.kind === "user"
      ? { authenticated: true, user: userInfo(authenticated(answer.user)), audiences: answer.audiences }
      : { user: {}, error: answer.why };
  return { ...body, metadata: {}, status } as KubeObject;
}
