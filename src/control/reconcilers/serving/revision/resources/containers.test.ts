import assert from "node:assert/strict";
import test from "node:test";
import type { Container } from "../../../../../api/k8s/types.generated.ts";
import type { Revision } from "../../../../../api/serving/revision.ts";
import { makeContainers, protocolOf } from "./containers.ts";
import { EMBEDDED_PROFILE, KUBERNETES_PROFILE } from "./profile.ts";

const revision = (...containers: Container[]): Revision => ({ metadata: { name: "hello-00001" }, spec: { containers } });

test("a kubelet gets whole-second probes and a preStop; our own agent gets the probe as it is", () => {
  const eager = revision({ name: "c", image: "i", readinessProbe: { tcpSocket: { port: 0 } } });
  const [own] = makeContainers(eager, EMBEDDED_PROFILE);
  const [kubelets] = makeContainers(eager, KUBERNETES_PROFILE);
  assert.deepEqual([own?.readinessProbe?.periodSeconds, own?.lifecycle], [undefined, undefined]);
  assert.equal(kubelets?.readinessProbe?.periodSeconds, 1);
  assert.ok(kubelets?.lifecycle?.preStop?.sleep);
});

test("the container with the port serves; the one beside it gets no PORT", () => {
  const pair = revision({ name: "beside", image: "i" }, { name: "serving", image: "i", ports: [{ name: "h2c", containerPort: 9000 }] });
  const [beside, serving] = makeContainers(pair, EMBEDDED_PROFILE);
  assert.deepEqual(
    beside?.env?.map(({ name }) => name),
    ["K_REVISION", "K_CONFIGURATION", "K_SERVICE"],
  );
  assert.equal(serving?.env?.find(({ name }) => name === "PORT")?.value, "9000");
  assert.deepEqual(serving?.ports, [{ name: "user-port", containerPort: 9000, protocol: "TCP" }]);
  assert.equal(protocolOf(pair), "h2c");
});
