import assert from "node:assert/strict";
import { test } from "node:test";
import { service } from "./fixtures/objects.ts";
import { runScripted, type Script } from "./fixtures/scripted.ts";

const BASE = "/apis/serving.knative.dev/v1/namespaces/kn";
const SCRIPT: Script = {
  [`GET ${BASE}/services`]: [{ body: { items: [service("b"), service("a")] } }],
  [`GET ${BASE}/revisions`]: [{ body: { items: [{ metadata: { name: "a-00001" } }] } }],
};

/** Words -> lines. */
const CASES: readonly (readonly [words: string, lines: string])[] = [
  ["service describe ", "a b :4"],
  ["service export b", "b :4"],
  ["service delete a ", "b :4"],
  ["service create ", ":4"],
  ["service import ", ":0"],
  ["revision describe a", "a-00001 :4"],
  ["revision list -s ", "a b :4"],
  ["plugin ", "list :4"],
  ["container add ", ":4"],
  ["service create --auto", ":4"],
];

for (const [words, lines] of CASES) {
  test(`completion of kn ${words}`, async () => {
    const ran = await runScripted(["__completeNoDesc", ...words.split(" ")], SCRIPT);
    assert.deepEqual(ran.stdout.trim().split("\n"), lines.split(" "), ran.stderr);
  });
}

test("completion scripts for four shells", async () => {
  for (const shell of ["bash", "fish", "powershell", "zsh"]) {
    assert.match((await runScripted(["completion", shell])).stdout, /__complete/, shell);
  }
});
