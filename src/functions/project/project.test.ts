import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Editor } from "./editor.ts";
import { loadProject, updateProject, type Project } from "./project.ts";

const HEAD22 = "specVersion: 0.36.0\nname: a\nruntime: go\ncreated: 2022-01-01T00:00:00Z\n";
const HEAD = "specVersion: 0.36.0\nname: hello\nruntime: node\ncreated: 2026-01-01T00:00:00Z\n";

function folder(files: Readonly<Record<string, string>> = {}): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "kinetic-project-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

function load(root: string): Project {
  const loaded = loadProject(root);
  assert.equal(loaded.kind, "ok", JSON.stringify(loaded));
  return loaded.kind === "ok" ? loaded.project : assert.fail();
}

/** The text of func.yaml after an edit. */
function edited(text: string, edit: (editor: Editor) => void): string {
  using at = folder({ "func.yaml": text });
  const updated = updateProject(load(at.path), edit);
  assert.equal(updated.kind, "saved", JSON.stringify(updated));
  assert.deepEqual(readdirSync(at.path), ["func.yaml"]);
  return readFileSync(join(at.path, "func.yaml"), "utf8");
}

function problems(text: string): string[] {
  using at = folder({ "func.yaml": text });
  const loaded = loadProject(at.path);
  assert.equal(loaded.kind, "invalid");
  const [head, ...lines] = (loaded.kind === "invalid" ? loaded.message : "").split("\n");
  assert.equal(head, "'func.yaml' contains errors:");
  return lines;
}

test("the config is what the file says, without what is empty", () => {
  using at = folder({
    "func.yaml": `${HEAD}registry: ""\nrun:\n  envs:\n  - name: EMPTY\n    value: ""\n  - name: PORT_NUMBER\n    value: 8080\n`,
  });
  assert.deepEqual(load(at.path).config, {
    specVersion: "0.36.0",
    name: "hello",
    runtime: "node",
    created: "2026-01-01T00:00:00Z",
    run: {
      envs: [
        { name: "EMPTY", value: "" },
        { name: "PORT_NUMBER", value: "8080" },
      ],
    },
  });
});

test("all mistakes are told at once, each with its line", () => {
  const text = `specVersion: 0.36.0
name: Hello_World
created: yesterday
deployer: docker
build: host
run:
  envs:
  - name: 1ST
    value: x
  - name: A
  - value: '{{ secret:s:key }}'
  - name: A
    value: '{{ file:x }}'
  startTimeout: soon
  volumes:
  - path: /data
  - secret: s
    configMap: c
    path: data
deploy:
  options:
    scale: {min: 5, max: 2, target: 0, utilization: 101}
    resources:
      limits: {memory: lots, concurrency: 1.5}
  labels:
  - value: x
  subscriptions:
  - filters: {type: a}
`;
  const lines = problems(text);
  const has = (line: string, part: string) =>
    assert.ok(
      lines.some((one) => one.startsWith(`\t${line}`) && one.includes(part)),
      `${line} ${part} in\n${lines.join("\n")}`,
    );
  has("runtime is required", "");
  has("line 2: ", "name is");
  has("line 3: ", "must be a time");
  has("line 4: ", 'deployer must be one of knative, raw, keda, not "docker"');
  has("line 5: ", "build must have keys and values");
  has("line 8: ", "env entry #0 has the name");
  has("line 10: ", "env entry #1 has no value, only the name 'A'");
  has("line 11: ", "env entry #2 has no name");
  has("line 12: ", "env entry #3 with the name 'A' has the value '{{ file:x }}'");
  has("line 12: ", "env entry #3 has the name 'A' of entry #1");
  has("line 14: ", 'run.startTimeout is "soon": must be a duration');
  has("line 16: ", "volume entry #0 has no source");
  has("line 17: ", "volume entry #1 has more than one source");
  has("line 17: ", "volume entry #1 has the path 'data'");
  has("line 22: ", "deploy.options.scale.min is 5, more than max, which is 2");
  has("line 22: ", "deploy.options.scale.target must be at least 0.01, not 0");
  has("line 22: ", "deploy.options.scale.utilization must be at most 100, not 101");
  has("line 24: ", 'deploy.options.resources.limits.memory is "lots"');
  has("line 24: ", "concurrency must be a whole number, not 1.5");
  has("line 26: ", "label entry #0 has no key");
  has("line 28: ", "subscription entry #0 has no source");
  assert.equal(lines.length, 21, lines.join("\n"));
});

test("what is no YAML is told with the line", () => {
  assert.deepEqual(problems("name: a\n  runtime: b\n").length > 0, true);
  assert.match(problems(`${HEAD}name: again\n`)[0] ?? "", /^\tline 5: /);
  assert.deepEqual(problems(`${HEAD}---\n${HEAD}`), ["\tline 5: there is more than one document in the file"]);
  assert.deepEqual(problems("- a\n"), ["\tline 1: the file must have keys and values"]);
});

test("an empty file lacks what is required", () => {
  using at = folder({ "func.yaml": "" });
  assert.equal(loadProject(at.path).kind, "invalid");
});

test("unknown fields only warn, with their line, and anchors are followed", () => {
  const resources = "deploy:\n  options:\n    resources:\n      requests: *l\n      limits:\n        <<: *l\n        memory: 1Gi\n";
  using at = folder({ "func.yaml": `${HEAD}x-shared: &l\n  cpu: 100m\n${resources}` });
  const { config, notices } = load(at.path);
  assert.deepEqual(notices, ["func.yaml:5: unknown field x-shared is ignored"]);
  assert.deepEqual(config.deploy?.options?.resources, { requests: { cpu: "100m" }, limits: { cpu: "100m", memory: "1Gi" } });
});

test("a newer file is read where its fields have moved to, with a notice, and never written", () => {
  const text = `${HEAD22.replace("0.36", "0.38")}scale: {max: 5, kpa: {target: 10}}\nbuild: {source: {url: https://g.example.com/a}}\n`;
  using at = folder({ "func.yaml": text });
  const project = load(at.path);
  assert.equal(project.newer, true);
  assert.match(project.notices[0] ?? "", /specVersion 0.38.0, newer than 0.36.0/);
  assert.deepEqual(project.config.deploy?.options?.scale, { max: 5, target: 10 });
  assert.equal(project.config.build?.git?.url, "https://g.example.com/a");
  assert.equal(updateProject(project, (editor) => editor.set(["image"], "x")).kind, "newer");
  assert.equal(readFileSync(join(at.path, "func.yaml"), "utf8"), text);
});

test("an edit changes its line and nothing else, in the style of the file", () => {
  const text = `# head
specVersion: 0.36.0
name: "hello" # said aloud
runtime: node
created: 2026-01-01T00:00:00Z

x-team: {who: [a, b]}
run:
    # in order
    envs:
        - name: A # first
          value: '1'

deploy:
    namespace: prod # careful
# tail
`;
  const changed = edited(text, (editor) => {
    editor.append(["run", "envs"], { name: "B", value: "2" });
    editor.set(["deploy", "namespace"], "test");
    editor.set(["image"], "registry.example.com/hello:1");
  });
  assert.equal(
    changed,
    text
      .replace("created:", "image: registry.example.com/hello:1\ncreated:")
      .replace("          value: '1'\n", "          value: '1'\n        - name: B\n          value: \"2\"\n")
      .replace("namespace: prod", "namespace: test"),
  );
});

test("an edit keeps line ends of Windows", () => {
  const changed = edited(HEAD.replaceAll("\n", "\r\n"), (editor) => editor.set(["registry"], "r.example.com"));
  assert.equal(changed, HEAD.replace("created", "registry: r.example.com\ncreated").replaceAll("\n", "\r\n"));
});

test("removing the last entry of a list removes the list and what only held it", () => {
  const changed = edited(`${HEAD}run:\n  envs:\n  - name: A\n    value: x\n`, (editor) => editor.remove(["run", "envs", 0]));
  assert.equal(changed, HEAD);
});

test("a comment on what gets empty stays, and so does what it is about", () => {
  const text = `${HEAD}run:\n  # for the logger\n  envs:\n  - name: A\n    value: x\n`;
  const changed = edited(text, (editor) => editor.remove(["run", "envs", 0]));
  assert.equal(changed, `${HEAD}run:\n  # for the logger\n  envs: []\n`);
});

test("a new section takes its usual place", () => {
  const changed = edited(`${HEAD}deploy:\n  namespace: a\n`, (editor) => editor.append(["run", "envs"], { name: "A", value: "x" }));
  assert.match(changed, /created: .*\nrun:\n {2}envs:\n {4}- name: A\n {6}value: x\ndeploy:/);
});

test("an edit that would make the file wrong, or changes nothing, writes nothing", () => {
  using at = folder({ "func.yaml": HEAD });
  const project = load(at.path);
  const updated = updateProject(project, (editor) => editor.append(["run", "envs"], { name: "A" }));
  assert.deepEqual(updated, { kind: "invalid", message: "env entry #0 has no value, only the name 'A'" });
  assert.equal(updateProject(project, (editor) => editor.set(["name"], "hello")).kind, "unchanged");
  assert.equal(readFileSync(join(at.path, "func.yaml"), "utf8"), HEAD);
});

test("an edit of an old file writes the present form", () => {
  const changed = edited("version: 0.23.0\nname: a\nruntime: go\ncreated: 2022-01-01T00:00:00Z\nenvs:\n- name: A\n  value: b\n", (editor) =>
    editor.set(["deploy", "namespace"], "x"),
  );
  assert.equal(changed, `${HEAD22}run:\n  envs:\n  - name: A\n    value: b\ndeploy:\n  namespace: x\n`);
});

test("a file keeps its mode, and a link stays one", () => {
  using at = folder({ "real.yaml": HEAD });
  chmodSync(join(at.path, "real.yaml"), 0o640);
  symlinkSync("real.yaml", join(at.path, "func.yaml"));
  assert.equal(updateProject(load(at.path), (editor) => editor.set(["image"], "i")).kind, "saved");
  assert.equal(statSync(join(at.path, "real.yaml")).mode & 0o777, 0o640);
  assert.match(readFileSync(join(at.path, "real.yaml"), "utf8"), /image: i/);
});

test("no function, no folder, a file, a folder named func.yaml: each is told apart", () => {
  using at = folder({ file: "" });
  assert.deepEqual(loadProject(at.path), { kind: "absent", root: at.path });
  const message = (root: string) => {
    const loaded = loadProject(root);
    return loaded.kind === "invalid" ? loaded.message : loaded.kind;
  };
  assert.match(message(join(at.path, "nowhere")), /does not exist/);
  assert.match(message(join(at.path, "file")), /is a file; a function is a folder/);
  mkdirSync(join(at.path, "func.yaml"));
  assert.match(message(at.path), /func.yaml is not a file/);
});
