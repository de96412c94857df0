import { apiError } from "../../api/meta/errors.ts";
import { observeKinds } from "../../api/observe/kinds.ts";
import { OBSERVE_API_VERSION } from "../../api/observe/group.ts";
import type { Transport } from "../../client/types.ts";

/** Answers for an event plane that does not run: lists are empty, and everything else has to wait for a Broker. */
export const withoutPlane: Transport = (request) => {
  const { pathname, searchParams } = new URL(request.url);
  const kind = observeKinds.find(({ plural }) => pathname.endsWith(`/${plural}`));
  if (request.method === "GET" && kind !== undefined && !searchParams.has("watch")) {
    return Promise.resolve(Response.json({ kind: `${kind.kind}List`, apiVersion: OBSERVE_API_VERSION, metadata: {}, items: [] }));
  }
  const { status, code } = apiError("ServiceUnavailable", "there is no Broker yet, so nothing keeps events; create one and try again");
  return Promise.resolve(Response.json(status, { status: code }));
};
