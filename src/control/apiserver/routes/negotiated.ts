import type { ApiRequest } from "../../../api/meta/payload.ts";
import { negotiate, RESOURCE_FORMS, type AcceptOptions, type Representation } from "../negotiation/accept.ts";

/** Clients of protobuf list JSON as well: that is what they get. */
const OPTIONS: AcceptOptions = { protobuf: false, forms: RESOURCE_FORMS };
const CACHE_LIMIT = 256;
const known = new Map<string, Representation>();

/** The form of the answer. Clients repeat few different headers, so that each is read once. @throws ApiError 406. */
export function representationOf(request: ApiRequest): Representation {
  const header = request.headers["accept"] ?? "";
  const cached = known.get(header);
  if (cached !== undefined) return cached;
  const chosen = negotiate(header, OPTIONS);
  if (known.size >= CACHE_LIMIT) known.clear();
  known.set(header, chosen);
  return chosen;
}
