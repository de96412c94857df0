import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { kubeconfigPaths, loadKubeconfig } from "./load.ts";
import type { Kubeconfig } from "./types.ts";
import { formatKubeconfig, makeKubeconfig, mergeKubeconfig } from "./write.ts";

const access = { name: "kinetic", server: "https://127.0.0.1:6443", ca: "CA", clientCertificate: "CERT", clientKey: "KEY", token: "t0ken" };

function file(text: string, name = "config"): string {
  const path = join(mkdtempSync(join(tmpdir(), "kinetic-kubeconfig-")), name);
  writeFileSync(path, text);
  return path;
}

test("what we write is what we load", () => {
  const result = loadKubeconfig({ paths: [file(formatKubeconfig(makeKubeconfig(access)))] });
  assert.deepEqual(result, {
    kind: "ok",
    connection: {
      server: access.server,
      namespace: "default",
      insecure: false,
      ca: "CA",
      clientCertificate: "CERT",
      clientKey: "KEY",
      token: "t0ken",
    },
  });
});

test("a merge keeps the other clusters and their comments, replaces ours and makes it current", () => {
  const existing = `apiVersion: v1\nkind: Config\n# work\nclusters:\n- name: work # keep me\n  cluster: {server: "https://work"}\nusers: []\ncontexts: []\ncurrent-context: work\n`;
  const once = mergeKubeconfig(existing, makeKubeconfig(access));
  const twice = mergeKubeconfig(once, makeKubeconfig({ ...access, server: "https://127.0.0.1:7000" }));
  const merged = parse(twice) as Kubeconfig;
  assert.deepEqual(
    merged.clusters.map((entry) => [entry.name, entry.cluster.server]),
    [
      ["work", "https://work"],
      ["kinetic", "https://127.0.0.1:7000"],
    ],
  );
  assert.equal(merged["current-context"], "kinetic");
  assert.match(twice, /# keep me/);
  assert.match(mergeKubeconfig("", makeKubeconfig(access)), /current-context: kinetic/);
  assert.throws(() => mergeKubeconfig("a: [", makeKubeconfig(access)), /not valid YAML/);
});

test("KUBECONFIG lists files, the first that names a thing wins; relative certificate files are beside their file", () => {
  const ca = file("PEM", "ca.pem");
  const one = file(
    `contexts: [{name: a, context: {cluster: c, user: u, namespace: team}}]\ncurrent-context: a\nclusters: [{name: c, cluster: {server: "https://one/", certificate-authority: ${ca}}}]\n`,
  );
  const two = file(`clusters: [{name: c, cluster: {server: "https://two"}}]\nusers: [{name: u, user: {token: x}}]\ncurrent-context: b\n`);
  const result = loadKubeconfig({ paths: [one, "/does/not/exist", two] });
  assert.ok(result.kind === "ok");
  assert.deepEqual(
    [result.connection.server, result.connection.namespace, result.connection.token, result.connection.ca],
    ["https://one", "team", "x", "PEM"],
  );
  assert.deepEqual(loadKubeconfig({ paths: [one], context: "zzz" }), { kind: "invalid", message: 'context "zzz" does not exist' });
  assert.deepEqual(loadKubeconfig({ paths: ["/does/not/exist"] }), { kind: "none" });
});

test("the paths come from the flag, else KUBECONFIG, else the home folder", () => {
  assert.deepEqual(kubeconfigPaths({ KUBECONFIG: "/a:/b", HOME: "/h" }), ["/a", "/b"]);
  assert.deepEqual(kubeconfigPaths({ HOME: "/h" }), ["/h/.kube/config"]);
  assert.deepEqual(kubeconfigPaths({ KUBECONFIG: "/a" }, "/x"), ["/x"]);
});
