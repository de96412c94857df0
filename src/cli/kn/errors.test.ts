import assert from "node:assert/strict";
import { test } from "node:test";
import { runScripted } from "./fixtures/scripted.ts";

/** Command line -> what stderr begins with; the commands never reach the server. */
const CASES: readonly (readonly [line: string, stderr: string])[] = [
  ["service create", "Error: 'service create' requires the service name given as single argument\nRun 'kn --help' for usage\n"],
  [
    "service create x y --image i",
    "Error: 'service create' requires the service name given as single argument\nRun 'kn --help' for usage\n",
  ],
  [
    "service create x",
    "Error: 'service create' requires the image name to run provided with the --image option\nRun 'kn --help' for usage\n",
  ],
  [
    "service apply x",
    "Error: 'service apply' requires the image name to run provided with the --image option\nRun 'kn --help' for usage\n",
  ],
  ["service describe", "Error: 'service describe' requires the service name given as single argument\nRun 'kn --help' for usage\n"],
  ["service delete", "Error: 'service delete' requires the service name(s)\nRun 'kn --help' for usage\n"],
  ["service delete x --all", "Error: 'service delete' with --all flag requires no arguments\nRun 'kn --help' for usage\n"],
  ["revision delete", "Error: 'kn revision delete' requires one or more revision name\nRun 'kn revision delete --help' for usage\n"],
  ["servce", 'Error: unknown command "servce" for "kn"\n\nDid you mean this?\n\tservice\n\nRun \'kn --help\' for usage\n'],
  [
    "service lst",
    "Error: unknown sub-command 'lst' for 'kn service'. Available sub-commands: apply, create, delete, " +
      "describe, export, import, list, update, wait\nRun 'kn service --help' for usage\n",
  ],
  [
    "revision",
    "Error: no sub-command given for 'kn revision'. Available sub-commands: delete, describe, list\nRun 'kn revision --help' for usage\n",
  ],
  ["service list --nosuch", "Error: unknown flag: --nosuch for 'kn service list'\nRun 'kn service list --help' for usage\n"],
  ["service list -x", "Error: unknown shorthand flag: 'x' in -x for 'kn service list'\nRun 'kn service list --help' for usage\n"],
  [
    "service create x --image i --env",
    "Error: flag needs an argument: --env for 'kn service create'\nRun 'kn service create --help' for usage\n",
  ],
  [
    "service create x --image i -e",
    "Error: flag needs an argument: 'e' in -e for 'kn service create'\nRun 'kn service create --help' for usage\n",
  ],
  [
    "service create x --image i --scale-min a",
    'Error: invalid argument "a" for "--scale-min" flag: strconv.ParseInt: parsing "a": invalid syntax ' +
      "for 'kn service create'\nRun 'kn service create --help' for usage\n",
  ],
  [
    "service create x --image i --port abc",
    "Error: the port specification 'abc' is not valid. Please provide in the format 'NAME:PORT', where " +
      "'NAME' is optional. Examples: '--port h2c:8080' , '--port 8080'.\nRun 'kn --help' for usage\n",
  ],
  [
    "service create x --image i --limit foo",
    "Error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'\nRun 'kn --help' for usage\n",
  ],
  [
    "service create x --image i --scale-min -1",
    "Error: expected 0 <= -1 <= 2147483647: autoscaling.knative.dev/min-scale\nRun 'kn --help' for usage\n",
  ],
  [
    "service create x --image i -a autoscaling.knative.dev/min-scale=x",
    "Error: invalid value: x: autoscaling.knative.dev/min-scale\nRun 'kn --help' for usage\n",
  ],
  [
    "service create x --image i --concurrency-limit -1",
    "Error: invalid concurrency-limit -1 (must not be less than 0)\nRun 'kn --help' for usage\n",
  ],
  ["service create x --image i --wait --no-wait", "Error: only one of --no-wait and --wait may be specified\nRun 'kn --help' for usage\n"],
  ["service create x --image i --wait=false", "Error: use --no-wait instead of providing \"false\" to --wait\nRun 'kn --help' for usage\n"],
  [
    "route describe r -o url",
    'Error: unable to match a printer suitable for the output format "url", allowed formats are: ' +
      "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template," +
      "templatefile,yaml\nRun 'kn --help' for usage\n",
  ],
];

for (const [line, stderr] of CASES) {
  test(`kn ${line}: refused in kn's words before anything is sent`, async () => {
    const ran = await runScripted(line.split(" "));
    assert.deepEqual([ran.stderr, ran.stdout, ran.code, ran.calls], [stderr, "", 1, []]);
  });
}

test("a missing object is the server's own sentence", async () => {
  const ran = await runScripted(["service", "describe", "nosuch"]);
  assert.equal(ran.stderr, "Error: services.serving.knative.dev \"nosuch\" not found\nRun 'kn --help' for usage\n");
});

test("kn without arguments prints the commands by group", async () => {
  const ran = await runScripted([]);
  assert.equal(ran.code, 0);
  assert.match(ran.stdout, /^Serving Commands:\n {2}service {7}Manage Knative services\n/m);
  assert.match(ran.stdout, /^Other Commands:\n/m);
});

test("kn help COMMAND is COMMAND --help", async () => {
  const help = await runScripted(["help", "service", "create"]);
  assert.match(help.stdout, /^Create a service\n\nUsage:\n {2}kn service create NAME --image IMAGE\n/, help.stderr);
  assert.equal(help.stdout, (await runScripted(["service", "create", "--help"])).stdout);
  assert.equal((await runScripted(["help"])).stdout, (await runScripted([])).stdout);
});

test("kn version needs no cluster", async () => {
  const ran = await runScripted(["version"]);
  assert.match(
    ran.stdout,
    /^Version: {6}\d.*\nBuild Date: {3}\nGit Revision: \nSupported APIs:\n\* Serving\n {2}- serving.knative.dev\/v1 /,
  );
  const { SupportedAPIs } = JSON.parse((await runScripted(["version", "-o", "json"])).stdout) as { SupportedAPIs: object };
  assert.deepEqual(Object.keys(SupportedAPIs), ["serving", "eventing"]);
});
