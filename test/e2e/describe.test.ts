/** What people look at with the real kubectl when something is wrong: `describe` and `events`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic } from "./harness.ts";

const EVERYTHING = [
  ...["node/kinetic", "namespace/default", "configmap/kube-root-ca.crt", "serviceaccount/default", "service/hello"],
  ...["deployment/hello-00001-deployment", "replicasets", "pods", "endpointslices", "endpoints", "events"],
  ...["clusterrole/view", "clusterrolebinding/cluster-admin", "crd/services.serving.knative.dev"],
  ...["ksvc/hello", "configuration/hello", "revision/hello-00001", "route/hello"],
  ...["king/hello", "kpa/hello-00001", "sks/hello-00001", "metric/hello-00001"],
];

test("kubectl describe and kubectl events", { skip: requires("kubectl", "linux"), timeout: 120_000 }, async (t) => {
  const kinetic = await startKinetic(t, { args: ["--sample"] });
  await eventually("the sample was called", async () => assert.match(kinetic.output, /from zero in/));
  const pod = (await kinetic.kubectlOk(["get", "pods", "-o", "jsonpath={.items[0].metadata.name}"])).trim();

  await t.test("describe knows every kind", async () => {
    for (const what of EVERYTHING) assert.match(await kinetic.kubectlOk(["describe", ...what.split(" ")]), /^Name: +\S/m, what);
  });

  await t.test("describe of a pod ends with its own events", async () => {
    const text = await kinetic.kubectlOk(["describe", "pod", pod]);
    assert.match(text, /Events:\n.*\n.*\n +Normal +Scheduled +\S+ +default-scheduler +Successfully assigned default\/\S+ to kinetic\n/);
    assert.match(text, / +Normal +Started +\S+ +kubelet +Started container user-container/);
  });

  await t.test("events --for shows those of one object", async () => {
    const rows = async (what: string) => (await kinetic.kubectlOk(["events", "--for", what])).trim().split("\n").slice(1);
    const ofPod = await rows(`pod/${pod}`);
    for (const row of ofPod) assert.match(row, new RegExp(` Pod/${pod} `));
    for (const reason of ["Scheduled", "Started"])
      assert.ok(
        ofPod.some((row) => row.includes(` ${reason} `)),
        `${reason}: ${ofPod.join("\n")}`,
      );
    const ofService = await rows("ksvc/hello");
    assert.ok(
      ofService.some((row) => /Created +Service\/hello +Created Configuration "hello"/.test(row)),
      ofService.join("\n"),
    );
    assert.match(await kinetic.kubectlOk(["events", "--for", "deployment/hello-00001-deployment"]), / ScalingReplicaSet +Deployment\//);
  });

  await t.test("events sorted by time, of all namespaces, of one type", async () => {
    assert.match(await kinetic.kubectlOk(["get", "events", "--sort-by=.lastTimestamp"]), /pod\/hello-00001-deployment-/);
    assert.match(await kinetic.kubectlOk(["events", "-A", "--types=Normal"]), /^NAMESPACE +LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n/);
  });
});
