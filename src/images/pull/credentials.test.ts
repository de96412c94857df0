import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../std/clock.ts";
import { parseChallenges } from "./challenge.ts";
import { entriesOf, matchesRegistry, matching } from "./credentials.ts";
import { DockerConfig } from "./docker-config.ts";
import { keysFor } from "./keychain.ts";

const signal = AbortSignal.timeout(60_000);

const MATCHES: readonly [pattern: string, target: string, expected: boolean][] = [
  ["registry.example", "registry.example/team/app", true],
  ["https://registry.example", "registry.example/team/app", true],
  ["https://registry.example/v1/", "registry.example/team/app", true],
  ["registry.example/v2/", "registry.example/team/app", true],
  ["registry.example/team", "registry.example/team/app", true],
  ["registry.example/team", "registry.example/other/app", false],
  ["registry.example:5000", "registry.example:5000/app", true],
  ["registry.example:5000", "registry.example/app", false],
  ["registry.example", "registry.example:5000/app", false],
  ["*.example", "registry.example/app", true],
  ["*.example", "a.registry.example/app", false],
  ["*.*.example", "a.registry.example/app", true],
  ["pre*.example", "prefix.example/app", true],
  ["reg?stry.example", "registry.example/app", true],
  ["reg[i-j]stry.example", "registry.example/app", true],
  ["reg[istry.example", "registry.example/app", false],
  ["*.example:5000/team", "registry.example:5000/team/app", true],
  ["REGISTRY.example", "registry.example/app", true],
  ["xregistry.example", "registry.example/app", false],
  ["registryXexample", "registry.example/app", false],
  ["https://index.docker.io/v1/", "docker.io/library/nginx", true],
  ["docker.io", "docker.io/library/nginx", true],
  ["docker.io/team", "docker.io/library/nginx", false],
  ["ghcr.io", "docker.io/library/nginx", false],
  ["*", "registry.example/app", false],
];

test("credentials are for the registries and paths that a kubelet takes them for", () => {
  for (const [pattern, target, expected] of MATCHES) assert.equal(matchesRegistry(pattern, target), expected, `${pattern} for ${target}`);
});

test("both forms of pull secrets are read, longer patterns first", () => {
  const encode = (text: string) => Buffer.from(text).toString("base64");
  const auths = {
    "r.example": { auth: encode("outer:p:w") },
    "r.example/team": { username: "inner", password: "" },
    "r.example/team/app": { identitytoken: "refresh", auth: encode("x:y") },
    "r.example/te": { registrytoken: "bearer" },
    "r.example/t": { auth: encode("no colon") },
    "r.example/": null,
  };
  const expected = [
    { kind: "identity", token: "refresh" },
    { kind: "basic", username: "inner", password: "" },
    { kind: "bearer", token: "bearer" },
    { kind: "basic", username: "outer", password: "p:w" },
  ];
  for (const [format, json] of [
    ["dockerconfigjson", { auths }],
    ["dockercfg", auths],
  ] as const) {
    assert.deepEqual(matching(entriesOf({ format, json: JSON.stringify(json) }), "r.example/team/app"), expected);
  }
  assert.deepEqual(entriesOf({ format: "dockerconfigjson", json: "null" }).size, 0);
});

test("a pull secret that is not JSON is a problem to tell, and others are still used", async () => {
  const secrets = [
    { name: "a/bad", format: "dockercfg", json: "{" } as const,
    { name: "a/good", format: "dockercfg", json: '{"r.example":{"username":"u","password":"p"}}' } as const,
  ];
  const { candidates, problems } = await keysFor(undefined, { registry: "r.example", repository: "x", secrets }, signal);
  assert.deepEqual(
    candidates.map(({ source }) => source),
    ["pull secret a/good", "nobody"],
  );
  assert.deepEqual(problems, ["the pull secret a/bad is not JSON"]);
});

test("challenges are read in all their forms", () => {
  const read = (header: string) => parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
  assert.deepEqual(read('Bearer realm="https://a/token",service="s",scope="repository:x:pull,push"'), [
    ["bearer", { realm: "https://a/token", service: "s", scope: "repository:x:pull,push" }],
  ]);
  assert.deepEqual(read('Basic realm="a \\"b\\", c", Bearer Realm=https://t , service = "x"'), [
    ["basic", { realm: 'a "b", c' }],
    ["bearer", { realm: "https://t", service: "x" }],
  ]);
  assert.deepEqual(
    [read("Basic"), read(""), read('Bearer realm="open'), read("Negotiate, Basic")],
    [
      [["basic", {}]],
      [],
      [["bearer", {}]],
      [
        ["negotiate", {}],
        ["basic", {}],
      ],
    ],
  );
});

/** A docker config, with a credential helper `docker-credential-test` that runs this shell script. */
async function dockerConfig(t: TestContext, config: object, script = "exit 1") {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-docker-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "docker-credential-test"), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, "docker-credential-test"), 0o755);
  const before = process.env["PATH"];
  process.env["PATH"] = `${folder}${delimiter}${before}`;
  t.after(() => (process.env["PATH"] = before));
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  return new DockerConfig({ path: join(folder, "config.json"), clock: systemClock });
}

test("credential helpers are asked as docker asks them: for one registry, or for all", async (t) => {
  const script = `[ "$1" = get ] || exit 3; read server; printf '{"ServerURL":"%s","Username":"u","Secret":"for %s"}' "$server" "$server"`;
  const config = await dockerConfig(t, { credHelpers: { "r.example": "test" } }, script);
  const { found } = await config.candidates("r.example", "app", signal);
  assert.deepEqual(
    found.map(({ credential }) => credential),
    [{ kind: "basic", username: "u", password: "for r.example" }],
  );
  assert.deepEqual((await config.candidates("other.example", "app", signal)).found, []);
  const all = await dockerConfig(t, { credsStore: "test", auths: { "docker.io": { username: "a", password: "b" } } }, script);
  const hub = await all.candidates("docker.io", "library/nginx", signal);
  assert.deepEqual(
    hub.found.map(({ credential }) => credential),
    [
      { kind: "basic", username: "u", password: "for https://index.docker.io/v1/" },
      { kind: "basic", username: "a", password: "b" },
    ],
  );
});

test("a helper that gives a token, knows nothing, fails or is missing", async (t) => {
  const ask = async (script: string, helper = "test") => {
    const config = await dockerConfig(t, { credsStore: helper }, script);
    return config.candidates("r.example", "app", signal);
  };
  const token = await ask(`printf '{"Username":"<token>","Secret":"refresh"}'`);
  assert.deepEqual(token.found[0]?.credential, { kind: "identity", token: "refresh" });
  assert.deepEqual(await ask("echo 'credentials not found in native keychain'; exit 1"), { found: [] });
  assert.match((await ask("echo locked; exit 1")).problem ?? "", /docker-credential-test failed: locked$/);
  assert.match(
    (await ask("echo nonsense")).problem ?? "",
    /config\.json: the answer of docker-credential-test is not JSON$/,
    "and nothing of it is shown",
  );
  assert.match((await ask("", "not-there")).problem ?? "", /docker-credential-not-there/);
  assert.match((await ask("", "../evil")).problem ?? "", /"\.\.\/evil" is no name of a credential helper/);
});
