import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import type { KnativeService } from "../../../api/serving/service.ts";
import { runScripted } from "../fixtures/scripted.ts";
import { exec } from "./exec.ts";

interface Home {
  readonly home: string;
  readonly plugins: string;
  readonly bin: string;
  readonly env: Readonly<Record<string, string>>;
}

async function homeOf(t: TestContext): Promise<Home> {
  const home = await mkdtemp(join(tmpdir(), "kn-"));
  t.after(() => rm(home, { recursive: true }));
  const [plugins, bin] = [join(home, ".config/kn/plugins"), join(home, "bin")];
  await mkdir(plugins, { recursive: true });
  await mkdir(bin);
  return { home, plugins, bin, env: { HOME: home, PATH: bin } };
}

async function program(path: string, content = "#!/bin/sh\nexit 0\n"): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await chmod(path, 0o755);
  return path;
}

test("kn a b runs kn-a-b with the other arguments: the longest name wins, the plugins' folder goes before PATH", async (t) => {
  const { plugins, bin, env } = await homeOf(t);
  const short = await program(join(bin, "kn-hi"));
  const long = await program(join(plugins, "kn-hi-there_you"));
  await program(join(bin, "kn-hi-there_you"));
  const below = await program(join(bin, "kn-service-log"));
  const executed = async (...args: string[]) => (await runScripted(args, {}, { env })).executed;
  assert.deepEqual(await executed("hi", "there-you", "-x", "hi", "--flag=1"), [[long, "-x", "hi", "--flag=1"]]);
  assert.deepEqual(await executed("hi", "all", "-n", "x"), [[short, "all", "-n", "x"]]);
  assert.deepEqual(await executed("service", "log", "web", "-f"), [[below, "web", "-f"]]);
});

test("built-in commands are never a plugin's, and a word without a plugin is an unknown command", async (t) => {
  const { bin, env } = await homeOf(t);
  await program(join(bin, "kn-version"));
  await program(join(bin, "kn-service-list"));
  assert.deepEqual((await runScripted(["version"], {}, { env })).executed, []);
  const list = await runScripted(["service", "list"], {}, { env });
  assert.deepEqual([list.executed, list.calls.length], [[], 1]);
  const unknown = await runScripted(["hi"], {}, { env });
  assert.deepEqual([unknown.executed, unknown.stderr.split("\n")[0]], [[], 'Error: unknown command "hi" for "kn"']);
});

test("a plugin that fails is said without a hint to our help", async (t) => {
  const { bin, env } = await homeOf(t);
  await program(join(bin, "kn-hi"));
  const ran = await runScripted(["hi"], {}, { env, exitCode: 3 });
  assert.deepEqual([ran.code, ran.stderr], [1, "Error: exit status 3\n"]);
});

test("a plugin's exit code is known", async (t) => {
  const { bin } = await homeOf(t);
  assert.equal(await exec(await program(join(bin, "kn-a"), '#!/bin/sh\n[ "$1 $2" = "x y" ] && exit 7\n'), ["x", "y"]), 7);
  assert.equal(await exec(await program(join(bin, "kn-b"), "#!/bin/sh\nkill -9 $$\n"), []), 137);
});

test("kn plugin list: plugins of the folder and of PATH by name; --plugins-dir and --config choose the folder", async (t) => {
  const { home, plugins, bin, env } = await homeOf(t);
  const list = async (...args: string[]) => runScripted(["plugin", "list", ...args], {}, { env });
  assert.equal((await list()).stdout, "No plugins found.\n");
  const b = await program(join(plugins, "kn-b"));
  const a = await program(join(bin, "kn-a"));
  assert.equal((await list()).stdout, `- kn-a : ${a}\n- kn-b : ${b}\n`);
  assert.equal(
    (await list("--verbose")).stdout,
    `The following plugins are available, using options:\n  plugins dir: '${plugins}'\n  lookup plugins in $PATH: true\n\n` +
      `- kn-a : ${a}  (${a})\n- kn-b : ${b}  (${b})\n`,
  );
  const c = await program(join(home, "other/kn-c"));
  assert.equal((await list("--plugins-dir", join(home, "other"))).stdout, `- kn-a : ${a}\n- kn-c : ${c}\n`);
  const config = join(home, "c.yaml");
  await writeFile(config, "plugins:\n  directory: ~/other\n  path-lookup: false\n");
  assert.equal((await list("--config", config)).stdout, `- kn-c : ${c}\n`);
});

test("kn plugin list: a built-in command that is overwritten is an error; shadowed and not executable files are warnings", async (t) => {
  const { plugins, bin, env } = await homeOf(t);
  const first = await program(join(plugins, "kn-x"));
  const second = await program(join(bin, "kn-x"));
  const plain = join(bin, "kn-y");
  await writeFile(plain, "");
  const warned = await runScripted(["plugin", "list"], {}, { env });
  assert.equal(
    warned.stdout,
    `- kn-x : ${first}\n- kn-y : ${plain}\n\nWARNINGS:\n` +
      `  - ${second} is ignored because it is shadowed by an equally named plugin: ${first}\n` +
      `  - ${plain} is not executable by current user\n`,
  );
  assert.equal(warned.code, 0);
  const taken = await program(join(bin, "kn-service-list"));
  const ran = await runScripted(["plugin", "list"], {}, { env });
  assert.match(ran.stdout, new RegExp(`\\nERROR:\\n  - ${taken} overwrites existing built-in command: 'service list'\\n`));
  assert.deepEqual([ran.code, ran.stderr.split("\n")[0]], [1, "Error: plugin validation errors"]);
});

test("help lists plugins where they belong", async (t) => {
  const { bin, env } = await homeOf(t);
  const top = await program(join(bin, "kn-hi"));
  const below = await program(join(bin, "kn-service-log"));
  const root = (await runScripted([], {}, { env })).stdout;
  assert.match(root, new RegExp(`\\nAvailable Plugins:\\n  hi +${top}\\n\\n`));
  assert.doesNotMatch(root, /kn-service-log/);
  assert.match((await runScripted(["service", "--help"], {}, { env })).stdout, new RegExp(`\\nAvailable Plugins:\\n  log +${below}\\n`));
});

test("profiles of the configuration add labels and annotations; a commented template is written on first use", async (t) => {
  const { home, env } = await homeOf(t);
  const create = (profile: string, ...args: string[]) =>
    runScripted(["service", "create", "a", "--image", "i", "--no-wait", "--profile", profile, ...args], {}, { env });
  const builtIn = await create("istio");
  const { spec } = builtIn.bodies[0] as KnativeService;
  assert.equal(spec.template.metadata?.labels?.["sidecar.istio.io/inject"], "true", builtIn.stderr);
  assert.match(await readFile(join(home, ".config/kn/config.yaml"), "utf8"), /^#plugins:$/m);
  const config = join(home, "c.yaml");
  await writeFile(
    config,
    "profiles:\n  team:\n    labels:\n    - {name: team, value: a}\n    annotations:\n    - {name: x.dev/y, value: z}\n",
  );
  const own = (await create("team", "--config", config)).bodies[0] as KnativeService;
  assert.equal(own.spec.template.metadata?.labels?.["team"], "a");
  assert.equal(own.spec.template.metadata?.annotations?.["x.dev/y"], "z");
  assert.match((await create("none", "--config", config)).stderr, /^Error: profile none doesn't exist\n/);
  await writeFile(config, "a: [");
  assert.match((await create("team", "--config", config)).stderr, /^Error: cannot read the configuration file /);
});

test("the configuration folder of old is still read, with a warning", async (t) => {
  const { home, env } = await homeOf(t);
  const plugin = await program(join(home, ".kn/plugins/kn-old"));
  const ran = await runScripted(["plugin", "list"], {}, { env });
  assert.equal(ran.stdout, `- kn-old : ${plugin}\n`);
  assert.match(ran.stderr, /^WARNING: deprecated kn config directory '.*\/\.kn' detected\. Please move your configuration to '.*'\n$/);
});
