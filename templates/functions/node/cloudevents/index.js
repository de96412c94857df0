/**
 * Called with each CloudEvent. The event that it returns is the answer; nothing is 204. A request that is no CloudEvent
 * of a known version never gets here.
 *
 * @param {import("faas-js-runtime").Context} context headers, `log`, and `cloudEventResponse(data)` to make an answer
 * @param {import("cloudevents").CloudEvent} event with `id`, `source`, `type` and `data`
 */
const handle = async (context, event) => {
  context.log.info(`event ${event.id} of type ${event.type} from ${event.source}`);

  return context.cloudEventResponse({ message: "OK" }).source("function").type("function.response").response();
};

// Beside `handle` a function may export `init` and `shutdown` (called once), and `liveness` and `readiness`.
module.exports = { handle };
