import { apiError } from "../../../api/meta/errors.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";

export async function patch(_core: Core, _call: ResourceCall): Promise<Response> {
  throw apiError("UnsupportedMediaType", "415: Unsupported Media Type", {});
}
