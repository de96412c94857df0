const assert = require("node:assert/strict");
const { test } = require("node:test");
const { handle } = require("..");

/** The parts of the runtime's context that the function uses. */
function context() {
  const event = {};
  const builder = {
    source: (value) => Object.assign(event, { source: value }) && builder,
    type: (value) => Object.assign(event, { type: value }) && builder,
    response: () => event,
  };
  return { log: { info() {} }, cloudEventResponse: (data) => Object.assign(event, { data }) && builder };
}

test("an event is answered with an event", async () => {
  const event = { id: "1", source: "/test", type: "com.example.test", data: { name: "tiger" } };
  const answer = await handle(context(), event);
  assert.deepEqual(answer, { source: "function", type: "function.response", data: { message: "OK" } });
});
