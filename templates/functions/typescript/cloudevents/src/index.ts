import type { CloudEvent } from "cloudevents";
import type { Context } from "faas-js-runtime";

/**
 * Called with each CloudEvent. The event that it returns is the answer; nothing is 204. A request that is no CloudEvent
 * of a known version never gets here.
 *
 * @param context headers, `log`, and `cloudEventResponse(data)` to make an answer
 * @param event with `id`, `source`, `type` and `data`
 */
export const handle = async (context: Context, event?: CloudEvent<unknown>): Promise<CloudEvent<unknown>> => {
  context.log.info(`event ${event?.id} of type ${event?.type} from ${event?.source}`);

  return context.cloudEventResponse({ message: "OK" }).source("function").type("function.response").response();
};

// Beside `handle` a function may export `init` and `shutdown` (called once), and `liveness` and `readiness`.
