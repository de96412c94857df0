/** A program written with client-go that runs in a Pod of the platform and talks to its API server. Its source is in `go/incluster`. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { skipOci } from "../../src/control/node/drivers/oci/fixtures/oci-world.ts";
import { buildImage } from "../../src/images/build.ts";
import { ContentStore } from "../../src/images/content-store.ts";
import { nodeDisk } from "../../src/images/node-disk.ts";
import { requires } from "../../src/testing/requirements.ts";
import { apiCall } from "../e2e/api-call.ts";
import { eventually, startKinetic, type Kinetic } from "../e2e/harness.ts";
import { goProgram } from "./built.ts";

const skip = requires("go", "linux", "kubectl");
const ACCOUNT = "system:serviceaccount:default:robot";

interface Report {
  readonly User: string;
  readonly Extra: Readonly<Record<string, string>>;
  readonly Token: string;
  readonly Namespace: string;
  readonly Pods: readonly string[];
  readonly Secrets: string;
  readonly ByName: string;
}

async function image(dataDir: string): Promise<string> {
  const store = new ContentStore({ disk: nodeDisk(), folder: join(dataDir, "images"), ownPorts: [] });
  const reference = "kinetic.local/incluster";
  const bytes = await readFile(await goProgram("incluster"));
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  await buildImage(store, {
    reference,
    files: [{ path: "app/client", bytes, mode: 0o755 }],
    argv: ["app/client"],
    runtime: "static",
    architecture,
  });
  return reference;
}

async function letRobotRead(platform: Kinetic): Promise<void> {
  await platform.kubectlOk(["create", "serviceaccount", "robot"]);
  await platform.kubectlOk(["create", "role", "reader", "--verb=list", "--resource=pods"]);
  await platform.kubectlOk(["create", "rolebinding", "reader", "--role=reader", "--serviceaccount=default:robot"]);
}

/** What the program says when its Pod is run by that driver. */
async function reportOf(platform: Kinetic, driver: "oci" | "process", reference: string): Promise<Report> {
  const metadata = { name: driver, annotations: { "kinetic.dev/driver": driver } };
  const spec = { serviceAccountName: "robot", containers: [{ name: "client", image: reference }] };
  await platform.kubectlOk(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata, spec }));
  return eventually(`the program in ${driver} reports`, async () => {
    const log = await platform.kubectlOk(["logs", driver]);
    assert.doesNotMatch(log, /^failed/m);
    return JSON.parse(log) as Report;
  });
}

function assertKnown(report: Report, pod: string): void {
  assert.deepEqual([report.User, report.Namespace], [ACCOUNT, "default"]);
  assert.ok(report.Pods.includes(pod), JSON.stringify(report));
  assert.match(report.Secrets, /^secrets is forbidden: User "system:serviceaccount:default:robot" cannot list resource "secrets"/);
  const extra = "authentication.kubernetes.io/";
  assert.deepEqual([report.Extra[`${extra}pod-name`], report.Extra[`${extra}node-name`]], [pod, "kinetic"]);
}

test("in a Pod", { skip, timeout: 900_000 }, async (t) => {
  const platform = await startKinetic(t);
  const reference = await image(platform.dataDir);
  await letRobotRead(platform);

  await t.test("a container finds its API server as on a cluster, by address and by name", { skip: skipOci }, async () => {
    const report = await reportOf(platform, "oci", reference);
    assertKnown(report, "oci");
    assert.equal(report.ByName, "1");
  });

  let token = "";
  await t.test("a process finds its API server by KUBECONFIG", async () => {
    const report = await reportOf(platform, "process", reference);
    assertKnown(report, "process");
    token = report.Token;
  });

  await t.test("the token of a Pod that is gone is 401, long before it expires", async () => {
    const headers = { authorization: `Bearer ${token}` };
    const status = async () => (await apiCall(platform, { path: "/api/v1/namespaces/default/pods", headers })).status;
    assert.equal(await status(), 200);
    await platform.kubectlOk(["delete", "pod", "process", "--now"]);
    assert.equal(await status(), 401);
  });
});
