import assert from "node:assert/strict";
import { test } from "node:test";
import type { CloudEvent } from "cloudevents";
import type { CloudEventResponse, Context } from "faas-js-runtime";
import { handle } from "../src/index.ts";

/** The parts of the runtime's context that the function uses. */
function context(): Context {
  const event: Record<string, unknown> = {};
  const set = (name: string) => (value: string) => {
    event[name] = value;
    return builder;
  };
  const response = () => event as unknown as CloudEvent;
  const builder: CloudEventResponse = { id: set("id"), source: set("source"), type: set("type"), version: set("version"), response };
  const cloudEventResponse = (data: string | object) => {
    event["data"] = data;
    return builder;
  };
  return { log: { info() {} }, cloudEventResponse } as unknown as Context;
}

test("an event is answered with an event", async () => {
  const event = { id: "1", source: "/test", type: "com.example.test", data: { name: "tiger" } } as unknown as CloudEvent<unknown>;
  const answer = await handle(context(), event);
  assert.deepEqual(answer, { source: "function", type: "function.response", data: { message: "OK" } });
});
