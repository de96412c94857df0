/** Pods in containers, as the node agent runs them. */
import assert from "node:assert/strict";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { Container, Pod } from "../../../../api/k8s/types.generated.ts";
import { DRIVER_ANNOTATION, PORTS_ANNOTATION } from "../../../../api/names/kinetic.ts";
import type { ImageProvider } from "../../../../api/ports/images.ts";
import { isReady, startAgent, type AgentTestOptions, type AgentUnderTest } from "../../fixtures/agent-world.ts";
import { eventually, makePod, openFolder, processDriver, scriptImages, SERVER } from "../../fixtures/fixtures.ts";
import type { Driver } from "../contract.ts";
import { makeOci, programImage, skipGo } from "./fixtures/oci-world.ts";

const options = { skip: skipGo };

/** `image:app` is a static program that wants a container; others are scripts of Kinetic's. */
async function images(folder: string): Promise<ImageProvider> {
  const scripts = await scriptImages(folder, { server: SERVER.replace(', "127.0.0.1"', "") });
  const rootfs = await programImage();
  const config = { entrypoint: ["/app"], cmd: ["serve"], env: [], workingDir: "", user: "", labels: {} };
  return {
    ...scripts,
    ensure: async (request, signal) =>
      request.reference === "image:app"
        ? { kind: "ok", image: { reference: "image:app", digest: "sha256:app", imageId: "image@sha256:app", rootfs, config } }
        : scripts.ensure(request, signal),
  };
}

interface World extends AsyncDisposable {
  readonly under: AgentUnderTest;
  readonly name: string;
}

async function start(more: Partial<AgentTestOptions["options"]> = {}, before: readonly Driver[] = []): Promise<World> {
  const folder = await openFolder();
  const oci = await makeOci({ network: {} });
  const under = await startAgent({ options: { drivers: [...before, oci.driver], images: await images(folder.path), ...more } });
  return {
    under,
    name: oci.name,
    [Symbol.asyncDispose]: async () => {
      await under[Symbol.asyncDispose]();
      await oci[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const app = (more: Partial<Container> = {}): Partial<Container> => ({
  image: "image:app",
  env: [{ name: "PORT", value: "8080" }],
  ...more,
});

function fetchText(host: string, port = 8080): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get({ host, port, agent: false }, (response) => void text(response).then(resolve)).on("error", reject);
  return promise;
}

const ipOf = (pod: Pod) => pod.status?.podIP ?? "";

test("oci pods: an address of its own, its own ports, and nothing of it after the deletion", options, async () => {
  await using world = await start();
  const { under } = world;
  under.world.put(makePod(app(), {}, { name: "web" }));
  const ready = await under.until("web", "ready", isReady);
  assert.notEqual(ipOf(ready), "127.0.0.1");
  assert.equal(ready.metadata.annotations?.[PORTS_ANNOTATION], undefined);
  assert.match(ready.status?.containerStatuses?.[0]?.containerID ?? "", /^oci:\/\/[0-9a-f-]{36}$/);
  assert.equal(await fetchText(ipOf(ready)), `web ${ipOf(ready)}:8080 /`);
  under.remove("web", 5);
  await eventually("gone", () => under.pod("web") === undefined);
  await assert.rejects(fetchText(ipOf(ready)));
});

test("oci pods: containers of a pod share its address; init containers come first", options, async () => {
  await using world = await start();
  const { under } = world;
  const volumeMounts = [{ name: "shared", mountPath: "/shared" }];
  const init: Container = { name: "init", image: "image:app", args: ["exit", "0", "/shared/word"], volumeMounts };
  const helper: Container = { name: "helper", image: "image:app", args: ["dial", "http://localhost:8080/"], volumeMounts };
  const main = makePod(app({ volumeMounts }), { initContainers: [init] }, { name: "many" });
  const spec = { ...main.spec, containers: [...(main.spec?.containers ?? []), helper], volumes: [{ name: "shared", emptyDir: {} }] };
  under.world.put({ ...main, spec: { ...spec, restartPolicy: "OnFailure" } } as Pod);
  const done = await under.until("many", "helper is done", ({ status }) => {
    return status?.containerStatuses?.find(({ name }) => name === "helper")?.state?.terminated;
  });
  assert.equal(done.status?.containerStatuses?.find(({ name }) => name === "helper")?.state?.terminated?.exitCode, 0);
  assert.equal(done.status?.initContainerStatuses?.[0]?.state?.terminated?.message, undefined);
});

test("oci pods: an exec probe, a liveness probe that fails, and a restart at the same address", options, async () => {
  await using world = await start();
  const { under } = world;
  const readinessProbe = { exec: { command: ["/app", "say", "fine"] }, periodSeconds: 1 };
  const livenessProbe = { exec: { command: ["/app", "exit", "1"] }, periodSeconds: 1, initialDelaySeconds: 1, failureThreshold: 1 };
  under.world.put(makePod(app({ readinessProbe, livenessProbe }), {}, { name: "probed" }));
  const ready = await under.until("probed", "ready", isReady);
  const again = await under.until("probed", "restarted", ({ status }) => (status?.containerStatuses?.[0]?.restartCount ?? 0) > 0);
  assert.equal(ipOf(again), ipOf(ready));
});

test("oci pods: status.podIP in the environment is the pod's own", options, async () => {
  await using world = await start();
  const env = [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }];
  const { under } = world;
  under.world.put(makePod(app({ args: ["dial", "http://$(POD_IP):1/"], env }), {}, { name: "self" }));
  const ended = await under.until("self", "it failed", ({ status }) => status?.containerStatuses?.[0]?.lastState?.terminated?.message);
  assert.match(ended.status?.containerStatuses?.[0]?.lastState?.terminated?.message ?? "", new RegExp(`dial tcp ${ipOf(ended)}:1`));
});

test("oci pods: images of Kinetic run as processes beside, unless the Pod wants a container", options, async () => {
  const folder = await openFolder();
  await using world = await start({}, [processDriver(folder.path)]);
  const { under } = world;
  under.world.put(makePod({}, {}, { name: "process" }));
  under.world.put(makePod({}, {}, { name: "contained", annotations: { [DRIVER_ANNOTATION]: "oci" } }));
  assert.equal(ipOf(await under.until("process", "ready", isReady)), "127.0.0.1");
  const contained = await under.until("contained", "ready", isReady);
  assert.notEqual(ipOf(contained), "127.0.0.1");
  assert.match(await fetchText(ipOf(contained)), /^1 1$/);
  await folder[Symbol.asyncDispose]();
});

test("oci pods: a drained pod is parked in the freezer when its template asks, and the next one takes it over", options, async () => {
  await using world = await start({ parking: { maxBytes: 1e9, maxCount: 5, ttlMs: 60_000 } });
  const { under } = world;
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "rs", uid: "rs-1", controller: true };
  under.world.put({ apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "rs", namespace: "default", uid: "rs-1" } });
  const metadata = (name: string) => ({ name, ownerReferences: [owner], annotations: { "kinetic.dev/parking": "true" } });
  under.world.put(makePod(app(), {}, metadata("first")));
  const first = await under.until("first", "ready", isReady);
  under.remove("first", 30);
  await eventually("parked", () => under.agent.stats().parked === 1);
  under.world.put(makePod(app(), {}, metadata("second")));
  const second = await under.until("second", "ready", isReady);
  assert.equal(ipOf(second), ipOf(first));
  assert.match(await fetchText(ipOf(second)), /^rs /);
  assert.equal(under.agent.stats().starts.parked, 1);
});

test("without containers, an image that needs one says what is missing on the machine", options, async () => {
  await using folder = await openFolder();
  const provider = await images(folder.path);
  const start = async () => ({ kind: "failed", reason: "DriverUnsupported", message: "this image needs a container" }) as const;
  const stub: Driver = {
    name: "process",
    start,
    accepts: async () => ({ kind: "yes" }),
    sweepOrphans: async () => 0,
    [Symbol.asyncDispose]: async () => {},
  };
  await using under = await startAgent({
    options: { drivers: [stub], images: provider, noContainers: "containers need runc (package runc)" },
  });
  under.world.put(makePod(app(), {}, { name: "refused" }));
  const pod = await under.until("refused", "refused", ({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.message);
  const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting;
  assert.deepEqual(waiting, { reason: "DriverUnsupported", message: "this image needs a container; containers need runc (package runc)" });
});
