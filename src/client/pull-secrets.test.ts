import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject, ObjectKey } from "../api/meta/object.ts";
import type { KindRef } from "../api/meta/kind.ts";
import { base64OfText } from "../std/base64.ts";
import { readPullSecrets } from "./pull-secrets.ts";
import type { Client } from "./types.ts";

const secret = (name: string, key: string, text: string) => ({
  kind: "Secret",
  metadata: { name, namespace: "team" },
  data: { [key]: base64OfText(text) },
});

const OBJECTS = [
  secret("new", ".dockerconfigjson", "new text"),
  secret("old", ".dockercfg", "old text"),
  secret("other", "password", "x"),
  { kind: "Secret", metadata: { name: "broken", namespace: "team" }, data: { ".dockercfg": "!" } },
  { kind: "ServiceAccount", metadata: { name: "default", namespace: "team" }, imagePullSecrets: [{ name: "old" }, { name: "new" }] },
  { kind: "ServiceAccount", metadata: { name: "bare", namespace: "team" } },
];

const client = {
  get: async <T extends KubeObject>({ kind }: KindRef<T>, { namespace, name }: ObjectKey) =>
    OBJECTS.find(
      (object) => object.kind === kind && object.metadata.name === name && object.metadata.namespace === namespace,
    ) as unknown as T,
} as Pick<Client, "get">;

test("the credentials of a pod spec come first, then those of its ServiceAccount, each once", async () => {
  const read = await readPullSecrets(client, { namespace: "team", imagePullSecrets: [{ name: "new" }] });
  assert.deepEqual(read, {
    secrets: [
      { name: "team/new", format: "dockerconfigjson", json: "new text" },
      { name: "team/old", format: "dockercfg", json: "old text" },
    ],
    missing: [],
  });
  const none = await readPullSecrets(client, { namespace: "team", serviceAccountName: "bare" });
  assert.deepEqual(none, { secrets: [], missing: [] });
});

test("names that lead to no credentials are told", async () => {
  const imagePullSecrets = ["absent", "other", "broken", "new"].map((name) => ({ name }));
  const read = await readPullSecrets(client, { namespace: "team", serviceAccountName: "absent", imagePullSecrets });
  assert.deepEqual(read.missing, ["absent", "other", "broken"]);
  assert.deepEqual(
    read.secrets.map(({ name }) => name),
    ["team/new"],
  );
});
