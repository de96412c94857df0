import type { Kind } from "../../../api/meta/kind.ts";
import type { ApiRequest } from "../../../api/meta/payload.ts";
import type { User } from "../auth/user.ts";
import type { Durability } from "../store/contract.ts";
import type { RequestInfo, ResourceInfo } from "./request-info.ts";

/** One request on its way through the server. */
export interface Call<Info extends RequestInfo = RequestInfo> {
  readonly request: ApiRequest;
  readonly query: URLSearchParams;
  readonly info: Info;
  readonly user: User;
  readonly durability: Durability;
  /** Texts for `Warning` headers; whoever has one adds it. */
  readonly warnings: string[];
  /** The answer is indented: `?pretty=true`, or curl looks. */
  readonly pretty: boolean;
}

/** A request for a resource of a known kind. */
export interface ResourceCall extends Call<ResourceInfo> {
  readonly kind: Kind;
}

export interface CallOptions {
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  readonly query: URLSearchParams;
  readonly user: User;
  readonly durability: Durability;
}

export function makeCall(options: CallOptions): Call {
  return { ...options, warnings: [], pretty: isPretty(options.request, options.query) };
}

function isPretty(request: ApiRequest, query: URLSearchParams): boolean {
  const asked = query.get("pretty");
  if (asked !== null) return asked !== "false" && asked !== "0";
  return request.headers["user-agent"]?.startsWith("curl/") ?? false;
}
