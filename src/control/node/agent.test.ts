import assert from "node:assert/strict";
import { test } from "node:test";
import { PORTS_ANNOTATION, START_TIER_ANNOTATION } from "../../api/names/kinetic.ts";
import { isReady, startAgent } from "./testing/agent-world.ts";
import { makePod } from "./testing/fixtures.ts";

async function fetchText(port: number, path = "/"): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } })).text();
}

test("a Pod becomes a process that answers, and is Ready", async () => {
  await using under = await startAgent();
  under.world.put(makePod({}, {}, { name: "hello" }));
  const pod = await under.until("hello", "ready", isReady);
  const ports = JSON.parse(pod.metadata.annotations?.[PORTS_ANNOTATION] ?? "{}") as Record<string, number>;
  const port = ports["8080"] ?? 0;
  assert.equal(pod.status?.phase, "Running");
  assert.equal(pod.status?.podIP, "127.0.0.1");
  assert.equal(pod.metadata.annotations?.[START_TIER_ANNOTATION], "fresh");
  const [status] = pod.status?.containerStatuses ?? [];
  assert.equal(status?.ready, true);
  assert.equal(status?.started, true);
  assert.match(status?.containerID ?? "", /^process:\/\//);
  assert.ok(status?.state?.running?.startedAt);
  const env = JSON.parse(await fetchText(port, "/env")) as Record<string, string>;
  assert.equal(env["PORT"], String(port));
  assert.equal(env["FROM_IMAGE"], "yes");
  assert.ok(under.world.events.includes("Normal Started Started container main"));
});
