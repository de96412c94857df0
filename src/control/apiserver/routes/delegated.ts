import { apiError } from "../../../api/meta/errors.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { fromResponse, toRequest } from "../http/standard.ts";
import { KindIndex, verbsOf } from "./kind-index.ts";
import { representationOf } from "./negotiated.ts";
import { listReply, objectReply, type ListMetadata } from "./reply.ts";
import { methodNotAllowed } from "./update.ts";

/** A group that somebody else answers, as an aggregated API server would. They see requests that are authorized already. */
export interface DelegatedGroup {
  /** For discovery and tables; nothing of them is stored here. */
  readonly kinds: readonly Kind[];
  /** Answers JSON. A rejection is told as unavailable. */
  readonly transport: (request: Request) => Promise<Response>;
}

/** The groups that others answer. */
export class Delegation {
  readonly kinds: readonly Kind[];
  readonly #groups: readonly { readonly index: KindIndex; readonly transport: DelegatedGroup["transport"] }[];

  constructor(groups: readonly DelegatedGroup[]) {
    this.kinds = groups.flatMap(({ kinds }) => kinds);
    this.#groups = groups.map(({ kinds, transport }) => ({ index: new KindIndex(kinds), transport }));
  }

  find(group: string, version: string, plural: string): Kind | undefined {
    return this.#groups.map(({ index }) => index.find(group, version, plural)).find((kind) => kind !== undefined);
  }

  /** undefined: the kind is none of theirs. @throws ApiError 404, 405, 503 */
  answer(core: Core, call: ResourceCall): Promise<ApiReply> | undefined {
    const { group, version, plural } = call.kind;
    const found = this.#groups.find(({ index }) => index.find(group, version, plural) === call.kind);
    return found === undefined ? undefined : delegated(core, call, found.transport);
  }
}

async function delegated(core: Core, call: ResourceCall, transport: DelegatedGroup["transport"]): Promise<ApiReply> {
  const { info, kind, request } = call;
  if (info.subresource !== "") throw apiError("NotFound", "the server could not find the requested resource", {});
  if (!verbsOf(kind).includes(info.verb)) throw methodNotAllowed();
  const response = await transport(toRequest({ ...request, headers: { ...request.headers, accept: "application/json" } })).catch(() => {
    throw apiError("ServiceUnavailable", `the part of the platform that answers for ${kind.group} is not there at present; try again`);
  });
  const isPlain = !response.ok || (info.verb !== "get" && info.verb !== "list") || representationOf(request).as === "object";
  if (isPlain) return fromResponse(response);
  const value = (await response.json()) as KubeObject & { readonly items?: readonly KubeObject[] };
  if (value.items === undefined) return objectReply(core, call, value);
  return listReply(core, call, value.items, value.metadata as ListMetadata);
}
