/** Images of other registries: private ones with the right and the wrong password, over TLS, and hostile ones. */
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { FakeRegistry, startRegistry } from "../../src/images/pull/fixtures/registry.ts";
import { createAuthority, issueCertificate } from "../../src/security/certificates.ts";
import { seededRandom } from "../../src/std/random.ts";
import { requires } from "../../src/testing/requirements.ts";
import { ANY_PORTS, eventually, run, startKinetic, temporaryFolder, type Kinetic } from "./harness.ts";
import { BASIC, give, PASSWORD, programImage, protect, push, startDebianRegistry, wordProgram } from "./pull-registries.ts";

async function addSecret(platform: Kinetic, name: string, host: string, password: string): Promise<void> {
  const credentials = [`--docker-server=${host}`, "--docker-username=alice", `--docker-password=${password}`];
  await platform.kubectlOk(["create", "secret", "docker-registry", name, ...credentials]);
}

const hostOf = ({ running }: Kinetic, name: string) => `${name}.default.${running.domain}`;

/** Events of the pods of a Service, as `Reason message`. */
async function eventsOf(platform: Kinetic, prefix: string): Promise<string> {
  const template = "{{range .items}}{{.involvedObject.name}} {{.reason}} {{.message}}\n{{end}}";
  const lines = (await platform.kubectlOk(["get", "events", "-o", `go-template=${template}`])).split("\n");
  return lines.filter((line) => line.startsWith(prefix)).join("\n");
}

test(
  "a private image of Debian's registry: deployed with its pull secret, and from zero",
  { skip: requires("kubectl", "docker-registry") },
  async (t) => {
    const [host, platform, image] = await Promise.all([startDebianRegistry(t), startKinetic(t), programImage(wordProgram("from afar"))]);
    await push(host, "team/app", image);
    await addSecret(platform, "regcred", host, PASSWORD);
    const created = await platform.kn([
      "service",
      "create",
      "far",
      "--image",
      `${host}/team/app:v1`,
      "--pull-secret",
      "regcred",
      "--scale-window",
      "6s",
    ]);
    assert.equal(created.code, 0, created.stderr);
    assert.equal((await platform.get(hostOf(platform, "far"))).body, "from afar");
    const path = "jsonpath={.status.containerStatuses[0].imageDigest}";
    assert.equal(await platform.kubectlOk(["get", "revision", "far-00001", "-o", path]), `${host}/team/app@${image.digest}`);
    const events = await eventsOf(platform, "far-00001");
    assert.match(events, new RegExp(`Pulling Pulling image "${host}/team/app@${image.digest}"`));
    assert.match(events, /Pulled Successfully pulled image ".*" in \S+s \(\S+s including waiting\)\. Image size: \d+ bytes\./);
    await platform.kubectlOk(["wait", "--for=delete", "pod", "-l", "serving.knative.dev/service=far", "--timeout=60s"]);
    const answer = await platform.get(hostOf(platform, "far"));
    assert.deepEqual([answer.status, answer.body], [200, "from afar"]);
  },
);

const CONTAINER_PROGRAM = `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	http.ListenAndServe(":"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		message, _ := os.ReadFile("/etc/message")
		_, below := os.Stat("/etc/below")
		_, gone := os.Stat("/etc/gone")
		fmt.Fprintf(w, "%s below:%t gone:%t uid:%d", message, below == nil, gone == nil, os.Getuid())
	}))
}
`;

test(
  "an image of several layers, not built by Kinetic, runs in a container",
  { skip: requires("linux", "root", "go", "kubectl") },
  async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, "main.go"), CONTAINER_PROGRAM);
    const env = { CGO_ENABLED: "0", GOFLAGS: "-trimpath -ldflags=-s", GO111MODULE: "off" };
    const built = await run("go", ["build", "-o", join(folder, "app"), join(folder, "main.go")], { env });
    assert.equal(built.code, 0, built.stderr);
    const [registry, platform] = await Promise.all([startRegistry(t), startKinetic(t)]);
    await registry.image("go/app", {
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      run: { Entrypoint: ["/bin/app"], User: "1234:1234", Env: ["PATH=/bin"] },
      layers: [
        [
          { name: "etc/below", body: "1" },
          { name: "etc/gone", body: "1" },
          { name: "etc/message", body: "old" },
          { name: "usr/bin/", type: "directory", mode: 0o755 },
          { name: "bin", type: "symlink", linkname: "usr/bin" },
        ],
        [
          { name: "etc/.wh.gone" },
          { name: "etc/message", body: "new" },
          { name: "bin/app", body: await readFile(join(folder, "app")), mode: 0o755 },
        ],
      ],
    });
    const created = await platform.kn(["service", "create", "layered", "--image", `${registry.host}/go/app:v1`]);
    assert.equal(created.code, 0, created.stderr);
    const answer = await platform.get(hostOf(platform, "layered"));
    assert.equal(answer.body, "new below:true gone:false uid:1234");
  },
);

test("other registries than the platform's own", { skip: requires("kubectl") }, async (t) => {
  const platform = await startKinetic(t);
  const image = await programImage(wordProgram("private"));

  await t.test("a wrong password is told by kn, the Revision and the Pod in words for people; the right one mends it", async (t) => {
    const registry = await startRegistry(t);
    give(registry, "team/app", image);
    protect(registry);
    const reference = `${registry.host}/team/app:v1`;
    await addSecret(platform, "wrong", registry.host, "wrong");
    const why = new RegExp(
      `UNAUTHORIZED: authentication required \\(${registry.host} refused user "alice" of pull secret default/wrong\\)`,
    );
    const created = await platform.kn(["service", "create", "locked", "--image", reference, "--pull-secret", "wrong"]);
    assert.equal(created.code, 1);
    assert.match(created.stderr, why);
    const condition = 'jsonpath={.status.conditions[?(@.type=="ContainerHealthy")]}';
    const said = await platform.kubectlOk(["get", "revision", "locked-00001", "-o", condition]);
    assert.match(said, /"reason":"ContainerMissing"/);
    const words = JSON.parse(said) as { message: string };
    assert.match(words.message, /^Unable to fetch image "localhost:\d+\/team\/app:v1": failed to resolve image to digest: GET http/);
    assert.match(words.message, why);
    await platform.kubectlOk(["run", "locked-pod", `--image=${reference}`, '--overrides={"spec":{"imagePullSecrets":[{"name":"wrong"}]}}']);
    await eventually("the Pod says so", async () => {
      const waiting = await platform.kubectlOk(["get", "pod", "locked-pod", "-o", "jsonpath={.status.containerStatuses[0].state.waiting}"]);
      const { reason, message } = JSON.parse(waiting) as { reason: string; message: string };
      assert.equal(reason, "ImagePullBackOff");
      assert.match(message, /^Back-off pulling image "localhost:\d+\/team\/app:v1": ErrImagePull: failed to pull image/);
      assert.match(message, why);
    });
    assert.match(
      await eventsOf(platform, "locked-pod"),
      /Failed Error: ErrImagePull\n[^]*BackOff Back-off pulling image|BackOff Back-off pulling image/,
    );
    await platform.kubectlOk(["delete", "secret", "wrong"]);
    await addSecret(platform, "wrong", registry.host, PASSWORD);
    await platform.kubectlOk(["wait", "ksvc/locked", "--for=condition=Ready", "--timeout=60s"]);
    assert.equal((await platform.get(hostOf(platform, "locked"))).body, "private");
    await platform.kubectlOk(["delete", "pod", "locked-pod"]);
  });

  await t.test(
    "the credentials of the ServiceAccount are used, and a registry with an authority of its own is trusted when told so",
    async (t) => {
      const options = { now: Date.now(), random: seededRandom(7) };
      const authority = await createAuthority("private registries", options);
      const pair = await issueCertificate(authority, { commonName: "localhost", hosts: ["localhost"], usage: "server" }, options);
      const registry = await startRegistry(t, new FakeRegistry({ key: pair.key, cert: pair.certificate }));
      give(registry, "app", image);
      protect(registry);
      const settings = (ca: string[]) => writeFile(join(platform.dataDir, "registries.json"), JSON.stringify({ [registry.host]: { ca } }));
      await writeFile(join(platform.dataDir, "private-ca.pem"), authority.certificate);
      await writeFile(join(platform.dataDir, "other-ca.pem"), (await createAuthority("others", options)).certificate);
      await settings(["other-ca.pem"]);
      const args = ["service", "create", "--image", `${registry.host}/app:v1`];
      const refused = await platform.kn([...args, "unknown"]);
      assert.match(refused.stderr, /failed to resolve image to digest: HEAD https:.*: tls: failed to verify certificate: /);
      await settings(["private-ca.pem"]);
      await addSecret(platform, "of-account", registry.host, PASSWORD);
      await platform.kubectlOk(["create", "serviceaccount", "puller"]);
      await platform.kubectlOk(["patch", "serviceaccount", "puller", "-p", '{"imagePullSecrets":[{"name":"of-account"}]}']);
      const created = await platform.kn([...args, "trusted", "--service-account", "puller"]);
      assert.equal(created.code, 0, created.stderr);
      assert.equal((await platform.get(hostOf(platform, "trusted"))).body, "private");
      assert.ok(registry.log.some((line) => line.endsWith(BASIC)));
    },
  );

  await t.test("registries that answer nonsense fail their own Service with the reason, and no other", async (t) => {
    await hostile(t, platform);
    assert.equal((await platform.get(hostOf(platform, "locked"))).body, "private");
  });
});

test("a platform that is killed in the middle of a pull starts again and finishes it", { skip: requires("kubectl") }, async (t) => {
  const [registry, image, dataDir] = await Promise.all([startRegistry(t), programImage(wordProgram("at last")), temporaryFolder(t)]);
  give(registry, "app", image);
  const [, layer = ""] = [...image.blobs.keys()];
  const asked = Promise.withResolvers<void>();
  registry.before = ({ url = "" }, response) => {
    if (!url.endsWith(layer)) return false;
    response.writeHead(200).write((image.blobs.get(layer) ?? Buffer.alloc(0)).subarray(0, 100), () => asked.resolve());
    return true;
  };
  const first = await startKinetic(t, { dataDir, args: ANY_PORTS });
  await first.kn(["service", "create", "slow", "--image", `${registry.host}/app:v1`, "--no-wait"]);
  await asked.promise;
  await first.stop("SIGKILL");
  assert.equal((await readdir(join(dataDir, "images/ingest"))).length, 1, "the half of a layer");
  registry.before = () => false;
  const second = await startKinetic(t, { dataDir });
  await second.kubectlOk(["wait", "ksvc/slow", "--for=condition=Ready", "--timeout=60s"]);
  assert.equal((await second.get(hostOf(second, "slow"))).body, "at last");
  assert.deepEqual(await readdir(join(dataDir, "images/ingest")), []);
  const layers = await readdir(join(dataDir, "rootfs/layers"));
  assert.ok(layers.length === 1 && !layers[0]?.includes("partial"), layers.join());
});

async function hostile(t: TestContext, platform: Kinetic): Promise<void> {
  const registry = await startRegistry(t);
  const image = await programImage(wordProgram("hostile"));
  give(registry, "app", image);
  const [, layer = ""] = [...image.blobs.keys()];
  const tells = async (name: string, says: RegExp) => {
    const created = await platform.kn(["service", "create", name, "--image", `${registry.host}/app:v1`, "--wait-timeout", "30"]);
    assert.equal(created.code, 1);
    const said = `${created.stderr}${await platform.kubectlOk(["get", "pods", "-l", `serving.knative.dev/service=${name}`, "-o", "yaml"])}`;
    assert.match(said, says);
    await platform.kubectlOk(["delete", "ksvc", name]);
  };
  registry.before = (_, response) => Boolean(response.writeHead(200, { "content-type": "text/html" }).end("<html><title>Welcome</title>"));
  await tells("html", /the answer is an HTML page \("Welcome"\): is there a registry at this address/);
  registry.before = ({ url = "" }, response) => Boolean(response.writeHead(307, { location: `${url}/again` }).end());
  await tells("loop", /stopped after 5 redirects/);
  registry.before = ({ url = "" }, response) => {
    if (url.startsWith("/token")) response.writeHead(500).end("out of tokens");
    else response.writeHead(401, { "www-authenticate": `Bearer realm="http://${registry.host}/token"` }).end();
    return true;
  };
  await tells("token", /failed to fetch a token: GET http:\S+\/token: unexpected status code 500 Internal Server Error: out of tokens/);
  registry.before = ({ url = "" }, response) => url.endsWith(layer) && Boolean(response.end(Buffer.alloc(10_000_000)));
  await tells("long", /expected \d+ bytes, got more/);
}
