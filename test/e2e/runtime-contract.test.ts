/**
 * Knative's runtime contract (serving.md 5.1) through a whole platform with the conformant profile: a static Go program that ko
 * built tells what it was given. What only the inside of a container shows is in src/control/node/drivers/oci/runtime.test.ts.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { skipGo } from "../../src/control/node/drivers/oci/fixtures/oci-world.ts";
import { requires } from "../../src/testing/requirements.ts";
import { ANY_PORTS, eventually, startKinetic, type Finished, type Kinetic } from "./harness.ts";
import { koImage } from "./ko-demo-image.ts";

const skip = skipGo === false ? requires("kubectl") : skipGo;
const READY = "--for=condition=Ready";

interface Report {
  readonly Env: Readonly<Record<string, string>>;
  readonly UID: number;
  readonly Proto: string;
  readonly Host: string;
  readonly Headers: Readonly<Record<string, readonly string[]>>;
  readonly Stdin: string;
  readonly Terminal: boolean;
}

interface Scene {
  readonly platform: Kinetic;
  apply(name: string, container?: object, spec?: object): Promise<void>;
  ready(name: string, container?: object, spec?: object): Promise<void>;
  /** A dry run: what the API makes of it. */
  dryRun(container: object): Promise<Finished>;
  report(name: string, headers?: Record<string, string>): Promise<Report>;
}

function sceneOf(platform: Kinetic, image: string): Scene {
  const service = (name: string, container: object, spec: object) => {
    const metadata = { name };
    const template = { spec: { ...spec, containers: [{ image, ...container }] } };
    return JSON.stringify({ apiVersion: "serving.knative.dev/v1", kind: "Service", metadata, spec: { template } });
  };
  const apply: Scene["apply"] = async (name, container = {}, spec = {}) => {
    await platform.kubectlOk(["apply", "-f", "-"], service(name, container, spec));
  };
  return {
    platform,
    apply,
    ready: async (name, ...more) => {
      await apply(name, ...more);
      await platform.kubectlOk(["wait", READY, `ksvc/${name}`, "--timeout=60s"]);
    },
    dryRun: (container) =>
      platform.kubectl(["apply", "--dry-run=server", "--validate=ignore", "-o", "json", "-f", "-"], service("dry", container, {})),
    report: async (name, headers) => {
      const { status, body } = await platform.get(`${name}.default.localhost`, "/", headers);
      assert.equal(status, 200, body);
      return JSON.parse(body) as Report;
    },
  };
}

const podsOf = (name: string) => ["-l", `serving.knative.dev/service=${name}`];

test("runtime contract", { skip, timeout: 300_000 }, async (t) => {
  const platform = await startKinetic(t, { args: ["--profile", "conformant", ...ANY_PORTS] });
  const source = await readFile(join(import.meta.dirname, "contract/program.go"), "utf8");
  const image = await koImage({ registry: platform.running.registry, name: "contract", source });
  const scene = sceneOf(platform, image);

  await t.test("deployment probe: one instance starts without traffic, in a container, and makes the Revision ready", async () => {
    await scene.ready("plain");
    const path = "jsonpath={range .items[*]}{.status.podIP} {.status.containerStatuses[0].containerID}{end}";
    assert.match(await platform.kubectlOk(["get", "pods", ...podsOf("plain"), "-o", path]), /^(?!127\.)[\d.]+ oci:\/\/\S+$/);
  });

  await t.test("environment: PORT, 8080 unless a port is given, and the names of Service, Configuration and Revision", async () => {
    const { Env } = await scene.report("plain");
    assert.deepEqual(Env, { PORT: "8080", K_SERVICE: "plain", K_CONFIGURATION: "plain", K_REVISION: "plain-00001" });
    await scene.ready("other", { ports: [{ containerPort: 9123 }] });
    assert.equal((await scene.report("other")).Env["PORT"], "9123");
  });

  await t.test("standard streams: input is at its end, no terminal, stdout and stderr are in the log", async () => {
    const { Stdin, Terminal } = await scene.report("plain");
    assert.deepEqual([Stdin, Terminal], ["", false]);
    const log = await platform.kubectlOk(["logs", ...podsOf("plain"), "-c", "user-container"]);
    assert.match(log, /^to stdout$/m);
    assert.match(log, /^to stderr$/m);
  });

  await t.test("headers: Host, Forwarded and X-Forwarded of the client, everything of its own unchanged", async () => {
    const trace = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", tracestate: "a=1" };
    const { Host, Headers } = await scene.report("plain", { ...trace, "x-own": "A b", forwarded: "for=192.0.2.1", "user-agent": "t/1" });
    assert.equal(Host, "plain.default.localhost");
    const { "X-Request-Id": id, "X-Forwarded-For": [forwardedFor] = [], ...others } = Headers;
    assert.match(id?.[0] ?? "", /\S/);
    assert.match(forwardedFor ?? "", /^(127\.0\.0\.1|::1)$/);
    const known = ["Traceparent", "Tracestate", "X-Own", "Forwarded", "User-Agent", "X-Forwarded-Proto"].map((name) =>
      others[name]?.join(),
    );
    assert.deepEqual(known, [trace.traceparent, trace.tracestate, "A b", "for=192.0.2.1", "t/1", "http"]);
    const made = (await scene.report("plain")).Headers["Forwarded"]?.join() ?? "";
    assert.match(made, /^for=(127\.0\.0\.1|"\[::1\]");host=plain\.default\.localhost;proto=http$/);
  });

  await t.test(
    "ports: http1 and no name are HTTP/1.1, h2c is HTTP/2 on the same port; no other name, no second port, no hostPort",
    async () => {
      assert.equal((await scene.report("plain")).Proto, "HTTP/1.1");
      await scene.ready("named", { ports: [{ name: "h2c", containerPort: 8080 }] });
      assert.equal((await scene.report("named")).Proto, "HTTP/2.0");
      const refused = async (ports: readonly object[]) => (await scene.dryRun({ ports })).stderr;
      assert.match(
        await refused([{ name: "grpc", containerPort: 8080 }]),
        /Port name grpc is not allowed: spec\.template\.spec\.containers\[0\]\.ports/,
      );
      assert.match(await refused([{ containerPort: 1 }, { containerPort: 2 }]), /more than one container port is set/i);
      const { stdout } = await scene.dryRun({ ports: [{ containerPort: 8080, hostPort: 8080 }] });
      assert.match(stdout, /"containerPort": 8080/);
      assert.doesNotMatch(stdout, /"hostPort"/);
    },
  );

  await t.test("probes: an opened port by default, whose first request waits; a probe of the developer's decides", async () => {
    await scene.apply("late", { env: [{ name: "LATE", value: "1500ms" }] });
    await eventually("the first request has its instance", async () => assert.equal((await scene.report("late")).Env["K_SERVICE"], "late"));
    await scene.apply("never", { readinessProbe: { httpGet: { path: "/never" } } });
    const says = ["get", "pods", ...podsOf("never"), "-o", 'jsonpath={.items[0].status.conditions[?(@.type=="Ready")].status}'];
    await eventually("its container runs", async () => {
      const phase = ["get", "pods", ...podsOf("never"), "-o", "jsonpath={.items[0].status.phase}"];
      assert.equal(await platform.kubectlOk(phase), "Running");
    });
    assert.equal(await platform.kubectlOk(says), "False");
    const path = "jsonpath={.spec.containers[0].readinessProbe}";
    const probe = await platform.kubectlOk(["get", "revision", "plain-00001", "-o", path]);
    assert.deepEqual(JSON.parse(probe), { successThreshold: 1, tcpSocket: { port: 0 } });
  });

  await t.test("user: the developer's where it is allowed, else the image's; what is not allowed fails", async () => {
    assert.equal((await scene.report("plain")).UID, 65532);
    await scene.ready("somebody", { securityContext: { runAsUser: 4321 } });
    assert.equal((await scene.report("somebody")).UID, 4321);
    await scene.apply("root", { securityContext: { runAsUser: 0, runAsNonRoot: true } });
    const path = 'jsonpath={.status.conditions[?(@.type=="ConfigurationsReady")].message}';
    await eventually("the Service says why", async () =>
      assert.match(await platform.kubectlOk(["get", "ksvc", "root", "-o", path]), /runAsUser breaks non-root policy/),
    );
  });

  await t.test("process: hooks, terminals, kernel switches and devices are not the developer's to configure", async () => {
    const hook = { preStop: { exec: { command: ["x"] } } };
    const { stdout, stderr } = await scene.dryRun({
      lifecycle: hook,
      tty: true,
      stdin: true,
      volumeDevices: [{ name: "d", devicePath: "/d" }],
    });
    assert.match(stdout, /"image"/, stderr);
    for (const field of ["lifecycle", "tty", "stdin", "volumeDevices"]) assert.doesNotMatch(stdout, new RegExp(`"${field}"`));
    assert.match((await scene.dryRun({ securityContext: { privileged: true } })).stderr, /must not set the field\(s\): .*privileged/);
  });

  await t.test("failures: what a program says before it ends is in its log and in the conditions", async () => {
    await scene.apply("fails", { env: [{ name: "FAIL", value: "no database: DATABASE_URL is empty" }] });
    const path =
      'jsonpath={.status.conditions[?(@.type=="Ready")].status}{" "}{.status.conditions[?(@.type=="ConfigurationsReady")].message}';
    await eventually("the Service says so", async () =>
      assert.match(
        await platform.kubectlOk(["get", "ksvc", "fails", "-o", path]),
        /^False .*Container failed with: .*no database: DATABASE_URL/s,
      ),
    );
    assert.match(await platform.kubectlOk(["logs", ...podsOf("fails"), "-c", "user-container"]), /^no database: DATABASE_URL is empty$/m);
  });

  await t.test("lifecycle: active while a request runs; then SIGTERM, and SIGKILL after the grace", async () => {
    await scene.ready("leaving", { env: [{ name: "STUBBORN", value: "yes" }] }, { timeoutSeconds: 3 });
    const pod = (await platform.kubectlOk(["get", "pods", ...podsOf("leaving"), "-o", "name"])).trim();
    const log = platform.kubectl(["logs", "-f", pod, "-c", "user-container"]);
    const slow = platform.get("leaving.default.localhost", "/slow");
    await eventually("the request has come", async () =>
      assert.match(await platform.kubectlOk(["logs", pod, "-c", "user-container"]), /slow begins/),
    );
    await platform.kubectlOk(["delete", "ksvc", "leaving", "--wait=false"]);
    const { status, body } = await slow;
    assert.deepEqual([status, body], [200, "whole"]);
    assert.match((await log).stdout, /slow begins\nslow ends\nSIGTERM\n/);
    await eventually("it is gone, although it ignored the signal", async () =>
      assert.equal((await platform.kubectl(["get", pod])).code, 1),
    );
  });
});
