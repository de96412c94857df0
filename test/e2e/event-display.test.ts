/** The sample that prints events, as docs/events.md has it: broker, service, trigger, event, log. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, run, startKinetic } from "./harness.ts";

test("the event display prints an event that a broker took, from zero", { skip: requires("kubectl", "curl") }, async (t) => {
  const kinetic = await startKinetic(t, { args: ["--sample"] });
  const kn = async (...args: string[]) => {
    const { code, stderr } = await kinetic.kn(args);
    assert.equal(code, 0, stderr);
  };
  await eventually("the image of the sample", async () => assert.match(kinetic.output, /Sample service hello is ready/));
  await kn("broker", "create", "default");
  await kn("service", "create", "event-display", "--image", "kinetic.local/event-display", "--scale-init", "0");
  await kn("trigger", "create", "display", "--sink", "ksvc:event-display");
  await kinetic.kubectlOk(["wait", "trigger/display", "--for=condition=Ready", "--timeout=30s"]);
  const headers = ["ce-specversion: 1.0", "ce-id: 1", "ce-source: /shop", "ce-type: order.created", "content-type: application/json"];
  const host = "host: broker-ingress.knative-eventing.localhost";
  const url = `${kinetic.running.gateway}/default/default`;
  const sent = await run("curl", [
    "-s",
    "-w",
    "%{http_code}",
    ...[host, ...headers].flatMap((one) => ["-H", one]),
    "-d",
    '{"total": 12}',
    url,
  ]);
  assert.equal(sent.stdout, "202");
  const logs = ["logs", "-l", "serving.knative.dev/service=event-display", "-c", "user-container", "--tail=-1"];
  await eventually("the event in the log", async () => {
    const printed = await kinetic.kubectlOk(logs);
    assert.match(printed, /^Context Attributes,\n {2}specversion: 1\.0\n {2}type: order\.created\n {2}source: \/shop\n {2}id: 1\n/m);
    assert.match(printed, /^Data,\n {2}\{\n {4}"total": 12\n {2}\}$/m);
  });
});
