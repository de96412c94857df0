/** `kn` against a real platform: a service from its first revision to its end. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic, type Kinetic } from "./harness.ts";

const PROGRESS = /^ {2}\d\.\d{3}s .+$/m;
const URL_LINE = /^http:\/\/greet\.default\.localhost:\d+$/m;

/** stdout of a `kn` that must succeed. */
async function ok(kinetic: Kinetic, ...args: string[]): Promise<string> {
  const ran = await kinetic.kn(args);
  assert.equal(ran.code, 0, `kn ${args.join(" ")}: ${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

test("kn", { skip: requires("linux"), timeout: 240_000 }, async (t) => {
  const kinetic = await startKinetic(t, { args: ["--sample"] });
  await eventually("the sample's image is there", async () => assert.match(kinetic.output, /hello/));

  await t.test("create prints progress and the address", async () => {
    const out = await ok(kinetic, "service", "create", "greet", "--image", "kinetic.local/hello", "--env", "TARGET=one");
    assert.match(out, /^Creating service 'greet' in namespace 'default':\n\n/);
    assert.match(out, PROGRESS);
    assert.match(out, / {2}\d\.\d{3}s Ready to serve\.\n\nService 'greet' created to latest revision 'greet-00001' is available at URL:\n/);
    assert.match(out, URL_LINE);
  });

  await t.test("list and describe", async () => {
    const list = await ok(kinetic, "service", "list", "greet");
    assert.match(list, /^NAME +URL +LATEST +AGE +CONDITIONS +READY +REASON\ngreet +http:\S+ +greet-00001 +\d+s +3 OK \/ 3 +True/);
    const described = await ok(kinetic, "service", "describe", "greet");
    assert.match(described, /^Name: {7}greet\nNamespace: {2}default\n/);
    assert.match(described, /^ {2}100% {2}@latest \(greet-00001\) \[1\] \(\d+s\)$/m);
    assert.match(described, /^ {2}\+\+ Ready +\d+s $/m);
    const url = (await ok(kinetic, "service", "describe", "greet", "-o", "url")).trim();
    assert.match((await kinetic.get(new URL(url).hostname)).body, /Hello one from greet-00001/);
  });

  await t.test("two updates make two revisions", async () => {
    for (const [target, revision] of [
      ["two", "greet-00002"],
      ["three", "greet-00003"],
    ] as const) {
      const out = await ok(kinetic, "service", "update", "greet", "--env", `TARGET=${target}`);
      assert.match(out, new RegExp(`^Service 'greet' updated to latest revision '${revision}' is available at URL:$`, "m"));
    }
    const unchanged = await ok(kinetic, "service", "update", "greet");
    assert.equal(unchanged, "Service 'greet' updated in namespace 'default'.\nNo new revision has been created.\n");
  });

  await t.test("traffic over three revisions, and tags", async () => {
    const shares = ["greet-00001=40", "greet-00002=30", "greet-00003=30"].flatMap((share) => ["--traffic", share]);
    const out = await ok(kinetic, "service", "update", "greet", ...shares);
    assert.match(out, / Ready to serve\.\n\nService 'greet' with latest revision 'greet-00003' \(unchanged\) is available at URL:\n/);
    await ok(kinetic, "service", "update", "greet", "--tag", "greet-00001=old");
    const table = await ok(kinetic, "revisions", "list", "-s", "greet");
    assert.match(table, /^NAME +SERVICE +TRAFFIC +TAGS +GENERATION +AGE +CONDITIONS +READY +REASON\n/);
    assert.match(table, /^greet-00003 +greet +30% +3 +\d+s +\d OK \/ 4 +True/m);
    assert.match(table, /^greet-00001 +greet +40% +old +1 +\d+s +\d OK \/ 4 +True/m);
    const answer = await kinetic.get("old-greet.default.localhost");
    assert.match(answer.body, /Hello one from greet-00001/);
    const refused = await kinetic.kn(["service", "update", "greet", "--traffic", "greet-00001=40"]);
    assert.match(
      refused.stderr,
      /^Error: unable to allocate the remaining traffic: 60%\. Reason: incorrect number of revisions specified\./,
    );
  });

  await t.test("export and import make the same revisions and shares in another namespace", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "kn-"));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "greet.yaml");
    await writeFile(file, await ok(kinetic, "service", "export", "greet", "--with-revisions", "-o", "yaml"));
    assert.equal((await kinetic.kubectl(["create", "namespace", "copy"])).code, 0);
    const out = await ok(kinetic, "service", "import", file, "-n", "copy");
    assert.match(out, /^Importing service 'greet' in namespace 'copy':\n\n/);
    assert.match(out, / Ready to serve\.\n\nService 'greet' imported to latest revision '.*' is available at URL:\n/);
    const traffic = "{{range .status.traffic}}{{.revisionName}}={{.percent}} {{end}}";
    const shares = await ok(kinetic, "service", "describe", "greet", "-n", "copy", "-o", `go-template=${traffic}`);
    assert.match(shares, /greet-00001=40 greet-00002=30 greet-00003=30 /);
    assert.match((await kinetic.get("greet.copy.localhost")).body, /Hello (one|two|three) from greet-0000/);
  });

  await t.test("go-template prints what kubectl prints", async () => {
    const template = "{{range .items}}{{.metadata.name}} {{len .spec.traffic}} {{.metadata.nope}}{{end}}";
    const ours = await ok(kinetic, "service", "list", "-o", `go-template=${template}`);
    const theirs = await kinetic.kubectl(["get", "ksvc", "-o", `go-template=${template}`]);
    assert.equal(ours, theirs.stdout);
  });

  await t.test("names are completed from the API", async () => {
    assert.equal(await ok(kinetic, "__complete", "service", "describe", "gr"), "greet\n:4\n");
    assert.match(await ok(kinetic, "completion", "bash"), /complete -F \S+ kn/);
  });

  await t.test("a wrong image prints its cause within seconds", async () => {
    const start = performance.now();
    const ran = await kinetic.kn(["service", "create", "wrong", "--image", "kinetic.local/nope"]);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /^Error: .*$/m);
    assert.match(ran.stderr, /Unable to fetch image "kinetic\.local\/nope"/);
    assert.ok(performance.now() - start < 15_000);
  });

  await t.test("delete", async () => {
    assert.equal(await ok(kinetic, "service", "delete", "wrong"), "Service 'wrong' successfully deleted in namespace 'default'.\n");
    assert.equal(
      await ok(kinetic, "service", "delete", "greet", "--wait"),
      "Service 'greet' successfully deleted in namespace 'default'.\n",
    );
    assert.match(
      (await kinetic.kn(["service", "describe", "greet"])).stderr,
      /^Error: services\.serving\.knative\.dev "greet" not found\n/,
    );
  });
});
