/** The commands of the README about events, as they stand there. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, KINETIC, ROOT, run, startKinetic, type Kinetic } from "./harness.ts";

/** The shell blocks of a step of the README's tour. */
async function blocksOf(step: string): Promise<string[]> {
  const [, part = ""] = (await readFile(join(ROOT, "README.md"), "utf8")).split(`**${step}**`);
  return [...(part.split("\n## ")[0] ?? "").matchAll(/```sh\n([^]*?)```/g)].map((match) => match[1] ?? "");
}

/** What a block prints, in a shell that `kinetic env` has set up. */
async function shell(kinetic: Kinetic, block = "false"): Promise<string> {
  const port = new URL(kinetic.running.gateway).port;
  const setUp = `eval "$('${process.execPath}' '${KINETIC}' env --data-dir '${kinetic.dataDir}')"`;
  const { code, stdout, stderr } = await run("bash", ["-ec", `${setUp}\n${block.replaceAll(":8080", `:${port}`)}`]);
  assert.equal(code, 0, `${block}\n${stdout}${stderr}`);
  return stdout;
}

test("the README's events, command by command", { skip: requires("kubectl", "curl", "linux") }, async (t) => {
  const [setUp, send, look, mend, ...others] = await blocksOf("6. Events.");
  assert.deepEqual(others, []);
  const kinetic = await startKinetic(t, { args: ["--sample"] });
  await eventually("the images of the samples", async () => assert.match(kinetic.output, /Sample service hello is ready/));
  assert.match(await shell(kinetic, setUp), /trigger.eventing.knative.dev\/large condition met/);
  assert.match(await shell(kinetic, send), /^HTTP\/1\.1 202 Accepted/);
  const seen = await eventually("delivered and parked", async () => {
    const text = await shell(kinetic, look);
    assert.match(text, /^ {2}id: 1\n[^]* {4}"item": "lamp"/m);
    assert.match(text, /^\d+ +large +1 +order\.created +NoSink/m);
    return text;
  });
  assert.match(seen, /display +delivered[^]*large +parked/);
  assert.match(await shell(kinetic, mend), /1 of 1 redriven/);
});
