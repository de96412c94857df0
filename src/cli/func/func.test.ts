import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMMANDS } from "./commands.ts";
import { run, type Around } from "./fixtures/run.ts";
import { wordsOfFunc } from "./words.ts";

const FILE = "# mine\nspecVersion: 0.36.0\nname: hello\nruntime: go # stable\ncreated: 2026-01-01T00:00:00Z\n";

/** A folder with or without a function in it. */
function workspace(file?: string) {
  const path = mkdtempSync(join(tmpdir(), "kinetic-func-"));
  if (file !== undefined) writeFileSync(join(path, "func.yaml"), file);
  return {
    path,
    run: (args: readonly string[], around: Around = {}) => run(args, { cwd: path, ...around }),
    read: (name = "func.yaml") => readFileSync(join(path, name), "utf8"),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

test("without words it prints its commands by group, under the name that it was started by", async () => {
  const { code, stdout } = await run([], { name: "kn func" });
  assert.equal(code, 0);
  assert.match(stdout, /^kn func creates/);
  for (const title of ["Primary Commands:", "System Commands:", "Other Commands:"]) assert.ok(stdout.includes(`\n${title}\n`), title);
  for (const { name, description } of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${name} +${description}$`, "m"));
  assert.match(stdout, /Use "kn func \[command\] --help"/);
  assert.equal((await run(["help", "create"])).stdout, (await run(["create", "--help"])).stdout);
});

test("each command has help, and each of its flags names its twin in the environment", async () => {
  for (const { name } of COMMANDS) {
    const { code, stdout } = await run([name, "--help"]);
    assert.equal(code, 0, name);
    for (const line of stdout.split("\n").filter((one) => /^ {2}(-\w|  ), ?--/.test(one))) assert.match(line, /\(\$FUNC_[A-Z_]+\)/, line);
  }
});

const WRONG: readonly { args: readonly string[]; message: RegExp }[] = [
  { args: ["creat"], message: /^Error: unknown command "creat" for "func"\n\nDid you mean this\?\n\tcreate\n/ },
  { args: ["create", "--frob"], message: /^Error: unknown flag: --frob\n$/ },
  { args: ["create", "-l"], message: /^Error: flag needs an argument: 'l' in -l\n$/ },
  { args: ["create", "-l", "go", "a", "b"], message: /takes one path, not 2/ },
  {
    args: ["create"],
    message: /the language of the function is needed\n\nAvailable languages: go, node, python, typescript\n\nTry this:\n/,
  },
  { args: ["create", "-l", "cobol", "x"], message: /the language runtime 'cobol' is not recognized/ },
  { args: ["create", "-l", "go", "-t", "x/http", "a"], message: /repository 'x' not found\n\nTry this:\n {2}func repository list/ },
  { args: ["create", "-l", "go", "-t", "grpc", "a"], message: /template 'grpc' not found for go\n\nTemplates for go: cloudevents, http/ },
  {
    args: ["create", "-l", "go", "My_Func"],
    message: /'My_Func' is no name for a function: .*\n\nTry this: the function is called as its folder/,
  },
  { args: ["templates", "cobol"], message: /'cobol' is not recognized; there are go, node, python, typescript/ },
  { args: ["templates", "go", "x"], message: /unexpected extra arguments/ },
  { args: ["repository", "add", "x"], message: /usage: func repository add <name> <url>/ },
  { args: ["repository", "remove", "x"], message: /repository 'x' not found/ },
  { args: ["repository", "frob"], message: /unknown command "frob" for "func repository"/ },
  { args: ["config", "frob"], message: /unknown command "frob" for "func config"/ },
  { args: ["config", "git", "set", "--git-url", "x"], message: /'git' is not here: there are no builds on a cluster/ },
  { args: ["config", "ci"], message: /'ci' is not here: / },
  { args: ["cluster", "create", "--serving"], message: /'cluster' is not here: 'kinetic up' starts a platform/ },
  { args: ["mcp", "start"], message: /'mcp' is not here: / },
  { args: ["version", "-o", "xml"], message: /unsupported output format "xml"/ },
  { args: ["environment", "-f", "xml"], message: /unsupported format: xml/ },
  { args: ["languages", "-r", "file:///nowhere/at/all"], message: /there is no folder \/nowhere\/at\/all/ },
  { args: ["config", "envs"], message: /does not contain an initialized function\n\n.*\n\nTry this:\n.*Create a new function\n/ },
];

for (const { args, message } of WRONG) {
  test(`a mistake: func ${args.join(" ")}`, async () => {
    using at = workspace();
    const { code, stdout, stderr } = await at.run(args);
    assert.equal(code, 1);
    assert.match(stderr, message);
    assert.equal(stdout, "");
    assert.deepEqual(readdirSync(at.path), []);
  });
}

test("create makes a function where it is told, by flags or by the environment", async () => {
  using at = workspace();
  const flags = await at.run(["create", "--language=go", "one"]);
  assert.deepEqual([flags.code, flags.stdout, flags.stderr], [0, "", `Created go function in ${join(at.path, "one")}\n`]);
  const env = { HOME: at.path, FUNC_LANGUAGE: "python", FUNC_TEMPLATE: "cloudevents" };
  assert.equal((await at.run(["init", "two"], { env })).code, 0);
  assert.match(at.read("two/func.yaml"), /runtime: python\ncreated: 2026-11-23T19:56:33.000Z\ninvoke: cloudevent\n/);
  mkdirSync(join(at.path, ".config/func"), { recursive: true });
  writeFileSync(join(at.path, ".config/func/config.yaml"), "language: typescript\n");
  mkdirSync(join(at.path, "three"));
  assert.equal((await run(["create"], { cwd: join(at.path, "three"), env: { HOME: at.path } })).code, 0);
  assert.match(at.read("three/func.yaml"), /name: three\nruntime: typescript/);
});

test("create --confirm asks on a terminal, and says what it does elsewhere", async () => {
  using at = workspace();
  const asked = await at.run(["create", "-c", "x"], { typed: ["mine", "9", "node", ""] });
  assert.equal(asked.code, 0, asked.stderr);
  assert.match(asked.stderr, /a number from 1 to 4/);
  assert.match(at.read("mine/func.yaml"), /runtime: node/);
  const told = await at.run(["create", "-c", "-l", "go", "y"]);
  assert.equal(told.stdout, "Path:      y\nLanguage:  go\nTemplate:  http\n");
  const ended = await at.run(["create", "-c", "z"], { typed: ["z"] });
  assert.deepEqual([ended.code, /no answer: nothing was changed/.test(ended.stderr)], [1, true]);
});

test("repositories are added, listed, renamed and removed, and their templates used", async () => {
  using at = workspace();
  using source = workspace();
  mkdirSync(join(source.path, "lua/hello"), { recursive: true });
  writeFileSync(join(source.path, "lua/hello/main.lua"), "return 1\n");
  const env = { HOME: at.path, FUNC_REPOSITORIES_PATH: join(at.path, "kept"), PATH: process.env["PATH"] };
  const func = (...args: readonly string[]) => at.run(args, { env });
  const added = await func("repo", "add", "mine", `file://${source.path}`, "-v");
  assert.equal(added.stdout, "Repository added: mine\n  lua mine/hello\n");
  assert.equal((await func("repository", "list")).stdout, "default\nmine\n");
  assert.match((await func("templates", "lua")).stdout, /^mine\/hello\n$/);
  assert.equal((await func("create", "-l", "lua", "-t", "mine/hello", "f")).code, 0);
  assert.equal(at.read("f/main.lua"), "return 1\n");
  assert.equal((await func("create", "-l", "lua", "-t", "hello", "-r", `file://${source.path}`, "g")).code, 0);
  assert.equal((await func("languages", "-r", `file://${source.path}`, "--json")).stdout, '[\n  "lua"\n]\n');
  await func("repo", "mv", "mine", "ours");
  await func("repo", "rm", "ours");
  assert.equal((await func("repo", "list")).stdout, "default\n");
});

test("config envs, labels and volumes change their lists and nothing else", async () => {
  using at = workspace(FILE);
  const silent = async (...args: readonly string[]) => assert.equal((await at.run(["config", ...args])).code, 0, args.join(" "));
  await silent("envs", "add", "--name=A", "--value=1");
  await silent("env", "add", "--value={{ secret:s }}");
  await silent("labels", "add", "--name=team", "--value={{ env:TEAM }}");
  await silent("volumes", "add", "-t", "emptydir", "-m", "/tmp/x", "--medium=Memory", "--size=1Gi");
  await silent("volume", "add", "-t", "PVC", "-s", "claim", "-m", "/data", "-r");
  const entries = `run:
  volumes:
    - emptyDir:
        medium: Memory
        sizeLimit: 1Gi
      path: /tmp/x
    - persistentVolumeClaim:
        claimName: claim
        readOnly: true
      path: /data
  envs:
    - name: A
      value: "1"
    - value: "{{ secret:s }}"
deploy:
  labels:
    - key: team
      value: "{{ env:TEAM }}"
`;
  assert.equal(at.read(), FILE + entries);
  const shown = async (name: string, ...more: readonly string[]) => (await at.run(["config", name, ...more])).stdout;
  assert.equal(
    await shown("envs"),
    'Configured Environment variables:\n -  Env "A" with value "1"\n -  All key=value pairs from Secret "s"\n',
  );
  assert.match(await shown("labels"), /^Configured Labels:\n -  Label with key "team" and value set from local env variable "TEAM"\n$/);
  assert.match(
    await shown("volumes", "list"),
    /EmptyDir in memory with size limit "1Gi" at path: "\/tmp\/x"\n -  PersistentVolumeClaim "claim"/,
  );
  assert.equal(await shown("envs", "-o", "json"), '[{"Name":"A","Value":"1"},{"Name":null,"Value":"{{ secret:s }}"}]\n');
  await silent("envs", "remove", "--name", "A");
  await silent("envs", "rm", "-p", ".", "--name=A").catch(() => {}); // it is gone
  await silent("labels", "rm", "--name=team");
  await silent("volumes", "rm", "-m", "/data");
  await silent("volumes", "remove", "--mount-path=/tmp/x");
  assert.equal(at.read(), `${FILE}run:\n  envs:\n    - value: "{{ secret:s }}"\n`);
});

const REFUSED: readonly { args: readonly string[]; message: RegExp }[] = [
  { args: ["envs", "add"], message: /nothing says which environment variable to add\n\nTry this:\n {2}func config envs add --name=/ },
  { args: ["envs", "add", "--name=1", "--value=x"], message: /env entry #0 has the name "1"/ },
  { args: ["envs", "add", "--name=A", "--value={{ file:x }}"], message: /only '{{ env:NAME }}'/ },
  { args: ["envs", "remove", "--name=A"], message: /^There aren't any configured Environment variables\n$/ },
  { args: ["labels", "add", "--value=x"], message: /label entry #0 has the key ""/ },
  { args: ["volumes", "add", "-s", "x"], message: /--type is needed/ },
  { args: ["volumes", "add", "-t", "disk", "-m", "/x"], message: /invalid volume type "disk"/ },
  { args: ["volumes", "add", "-t", "secret", "-m", "/x"], message: /--source is needed for a volume of type secret/ },
  { args: ["volumes", "add", "-t", "secret", "-s", "s", "-m", "/x", "--size=1Gi"], message: /--size is only for volumes of type emptydir/ },
  { args: ["volumes", "add", "-t", "secret", "-s", "s", "-m", "x"], message: /it must start with '\/'/ },
];

for (const { args, message } of REFUSED) {
  test(`config ${args.join(" ")} changes nothing and says why`, async () => {
    using at = workspace(FILE);
    const { stdout, stderr } = await at.run(["config", ...args]);
    assert.match(stdout + stderr, message);
    assert.equal(at.read(), FILE);
  });
}

test("config remove of what is not there lists what is, and add of what is there says how to replace it", async () => {
  using at = workspace(`${FILE}run:\n  envs:\n  - name: A\n    value: x\n`);
  assert.match((await at.run(["config", "envs", "rm", "--name=B"])).stderr, /there is no environment variable 'B'\n\nConfigured: A\n/);
  assert.match((await at.run(["config", "envs", "add", "--name=A", "--value=y"])).stderr, /already an environment variable 'A'/);
});

test("config asks on a terminal", async () => {
  using at = workspace(FILE);
  assert.equal((await at.run(["config"], { typed: ["1", "Add", "3", "1X", "TOKEN", "creds", "token"] })).code, 0);
  assert.match(at.read(), /- name: TOKEN\n {6}value: "{{ secret:creds:token }}"\n/);
  assert.equal((await at.run(["config", "volumes", "add"], { typed: ["configmap", "settings", "x", "/etc/x"] })).code, 0);
  assert.match(at.read(), /- configMap: settings\n {6}path: \/etc\/x\n/);
  assert.match((await at.run(["config"], { typed: ["3", "List"] })).stdout, /ConfigMap "settings"/);
  assert.equal((await at.run(["config"], { typed: ["1", "2", "1"] })).code, 0);
  assert.doesNotMatch(at.read(), /TOKEN/);
  assert.match((await at.run(["config"])).stderr, /only asked on a terminal\n\nTry this:\n {2}func config envs list\n/);
});

test("subscribe writes a subscription for each broker and merges filters", async () => {
  using at = workspace(FILE);
  await at.run(["subscribe", "--filter", "type=a", "-f", "ext=x=y"]);
  await at.run(["subscribe", "-s", "other"]);
  await at.run(["subscribe"], { env: { FUNC_FILTER: "type=b subject=s", HOME: "/dev/null" } });
  const expected =
    "  subscriptions:\n    - source: default\n      filters:\n        type: b\n        ext: x=y\n        subject: s\n    - source: other\n";
  assert.equal(at.read(), `${FILE}deploy:\n${expected}      filters: {}\n`);
  assert.match((await at.run(["subscribe", "-f", "type"])).stderr, /the filter "type" is not NAME=VALUE/);
});

test("mistakes in func.yaml stop a command with all of them, unknown fields only warn", async () => {
  using broken = workspace("specVersion: 0.36.0\nname: Hello\nruntime: go\ncreated: soon\n");
  const { code, stderr } = await broken.run(["config", "envs"]);
  assert.equal(code, 1);
  assert.match(stderr, /^Error: 'func.yaml' contains errors:\n\tline 2: name is "Hello".*\n\tline 4: created is "soon"/);
  using unknown = workspace(`${FILE}extra: 1\n`);
  assert.deepEqual(await unknown.run(["config", "labels"]), {
    code: 0,
    stdout: "There aren't any configured Labels\n",
    stderr: "Warning: func.yaml:6: unknown field extra is ignored\n",
  });
});

test("a broken global config is an error with lines, one that cannot be read a warning", async () => {
  using at = workspace();
  writeFileSync(join(at.path, "config.yaml"), "verbose: often\n");
  const broken = await at.run(["version"], { env: { FUNC_CONFIG_FILE: join(at.path, "config.yaml") } });
  assert.match(broken.stderr, /config.yaml' contains errors:\n\tline 1: verbose must be true or false/);
  const unreadable = await at.run(["version"], { env: { FUNC_CONFIG_FILE: at.path } });
  assert.deepEqual([unreadable.code, unreadable.stderr.startsWith("Warning: the configuration is left out: EISDIR")], [0, true]);
});

test("environment tells what this program knows, without passwords", async () => {
  using at = workspace(FILE);
  const env = { HOME: at.path, FUNC_REGISTRY: "r.example.com", FUNC_PASSWORD: "hunter2", FUNC_FORMAT: "json" };
  const { stdout } = await at.run(["env"], { env });
  const facts = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual(facts["Environment"], ["FUNC_REGISTRY=r.example.com", "FUNC_PASSWORD=***", "FUNC_FORMAT=json"]);
  assert.deepEqual([facts["Version"], facts["SpecVersion"], facts["Cluster"]], ["v1.2.3", "0.36.0", ""]);
  assert.equal((facts["Function"] as { name: string }).name, "hello");
  assert.match((await at.run(["environment", "-f", "yaml"])).stdout, /^version: v1.2.3\nspecversion: 0.36.0\nlanguages:\n {2}- go\n/);
});

test("version in three forms", async () => {
  assert.equal((await run(["version"])).stdout, "v1.2.3\n");
  assert.match((await run(["version", "--verbose=true"])).stdout, /^Version: v1.2.3\n/);
  assert.equal((await run(["version", "-o", "json"])).stdout, '{"version":"v1.2.3","specVersion":"0.36.0"}\n');
  assert.equal((await run(["version", "-o", "yaml"])).stdout, "version: v1.2.3\nspecVersion: 0.36.0\n");
});

const COMPLETIONS: readonly { words: readonly string[]; texts: readonly string[] }[] = [
  { words: ["cr"], texts: ["create"] },
  { words: ["create", "--language", ""], texts: ["go", "node", "python", "typescript"] },
  { words: ["create", "-l", "go", "-t", "h"], texts: ["http"] },
  { words: ["create", "--lang"], texts: ["--language"] },
  { words: ["create", ""], texts: [] },
  { words: ["templates", "t"], texts: ["typescript"] },
  { words: ["config", "volumes", "add", "--type", "s"], texts: ["secret"] },
  { words: ["completion", "b"], texts: ["bash"] },
];

for (const { words, texts } of COMPLETIONS) {
  test(`completion of func ${words.join(" ")}`, async () => {
    const { stdout } = await run(["__completeNoDesc", ...words]);
    assert.deepEqual(stdout.trimEnd().split("\n").slice(0, -1), texts);
  });
}

test("as a part of another program its completion is the one of that program", async () => {
  assert.match((await run(["completion", "bash"], { name: "kn func" })).stdout, /^complete -F \w+ kn$/m);
  assert.match((await run(["completion", "bash"])).stdout, /^complete -F \w+ func$/m);
});

test("kn and kinetic hand over what is behind the word func", () => {
  assert.deepEqual(wordsOfFunc(["func", "create", "-l", "go"]), ["create", "-l", "go"]);
  assert.deepEqual(wordsOfFunc(["func"]), []);
  assert.deepEqual(wordsOfFunc(["__complete", "func", "cr"]), ["__complete", "cr"]);
  assert.deepEqual(wordsOfFunc(["help", "func", "create"]), ["help", "create"]);
  assert.equal(wordsOfFunc(["__complete", "func"]), undefined);
  assert.equal(wordsOfFunc(["service", "func"]), undefined);
});
