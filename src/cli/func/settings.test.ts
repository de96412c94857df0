import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import type { FunctionConfig } from "../../functions/project/config.ts";
import { addSwitch, many, text } from "./flags.ts";
import type { GlobalConfig } from "./global-config.ts";
import { Settings, type SettingSource, type SettingSources } from "./settings.ts";

const PROJECT: FunctionConfig = {
  specVersion: "0.36.0",
  name: "f",
  runtime: "go",
  created: "2026-01-01T00:00:00Z",
  registry: "project",
  registryInsecure: false,
  build: { builder: "s2i" },
  deploy: { namespace: "deployed", deployer: "raw" },
};
const GLOBAL: GlobalConfig = {
  registry: "global",
  registryInsecure: true,
  namespace: "global",
  builder: "pack",
  language: "node",
  verbose: true,
};

interface Row {
  readonly name: string;
  readonly flag?: string | boolean;
  readonly env?: string;
  readonly project?: FunctionConfig;
  readonly global?: GlobalConfig;
  readonly value: string | boolean | undefined;
  readonly source: SettingSource;
}

const ROWS: readonly Row[] = [
  { name: "registry", value: undefined, source: "default" },
  { name: "registry", global: GLOBAL, value: "global", source: "global" },
  { name: "registry", global: GLOBAL, project: PROJECT, value: "project", source: "project" },
  { name: "registry", global: GLOBAL, project: PROJECT, env: "env", value: "env", source: "env" },
  { name: "registry", global: GLOBAL, project: PROJECT, env: "env", flag: "flag", value: "flag", source: "flag" },
  { name: "registry", project: PROJECT, env: "", value: "project", source: "project" },
  { name: "registry", project: PROJECT, flag: "", value: "", source: "flag" },
  { name: "registry-insecure", global: GLOBAL, value: true, source: "global" },
  { name: "registry-insecure", global: GLOBAL, project: PROJECT, value: false, source: "project" },
  { name: "registry-insecure", project: PROJECT, env: "1", value: true, source: "env" },
  { name: "registry-insecure", env: "TRUE", flag: false, value: false, source: "flag" },
  { name: "namespace", global: GLOBAL, project: PROJECT, value: "deployed", source: "project" },
  { name: "namespace", project: { ...PROJECT, namespace: "wanted" }, value: "wanted", source: "project" },
  { name: "builder", global: GLOBAL, project: PROJECT, value: "s2i", source: "project" },
  { name: "deployer", global: { deployer: "knative" }, project: PROJECT, value: "raw", source: "project" },
  { name: "language", global: GLOBAL, env: "python", value: "python", source: "env" },
  { name: "template", env: "cloudevents", value: "cloudevents", source: "env" },
  { name: "verbose", global: GLOBAL, value: true, source: "global" },
  { name: "verbose", global: GLOBAL, env: "f", value: false, source: "env" },
  { name: "git-url", project: PROJECT, value: undefined, source: "default" },
];

for (const row of ROWS) {
  const { name, flag, env, project, global = {}, value, source } = row;
  const shown = Object.entries({ global: row.global?.registry, project: project?.registry, env, flag }).map(
    ([key, one]) => `${key} ${one}`,
  );
  test(`setting ${name}: ${shown.join(", ")}: ${value} from ${source}`, () => {
    const sources: SettingSources = {
      flags: flag === undefined ? {} : { [name]: flag },
      env: env === undefined ? {} : { [`FUNC_${name.replace("-", "_").toUpperCase()}`]: env },
      global,
      ...(project === undefined ? {} : { project }),
    };
    const settings = new Settings(sources);
    assert.equal(settings.source(name), source);
    assert.equal(typeof value === "boolean" ? settings.isOn(name) : settings.text(name), value);
  });
}

test("a switch in the environment that is neither on nor off is an error", () => {
  const settings = new Settings({ flags: {}, env: { FUNC_PUSH: "maybe" }, global: {} });
  assert.throws(() => settings.isOn("push"), /FUNC_PUSH must be true or false, not "maybe"/);
});

test("lists come from repeated flags, or from the environment with spaces between", () => {
  const lists = (flags: object, env: object) => new Settings({ flags: { ...flags }, env: { ...env }, global: {} }).list("filter");
  assert.deepEqual(lists({}, {}), []);
  assert.deepEqual(lists({}, { FUNC_FILTER: " type=a  source=b " }), ["type=a", "source=b"]);
  assert.deepEqual(lists({ filter: ["type=c d"] }, { FUNC_FILTER: "type=a" }), ["type=c d"]);
});

test("the help of a flag names its twin and its default", () => {
  const command = new Command("x").addOption(text("-t, --template <string>", "What it starts from", { default: "http" }));
  addSwitch(command, "--registry-insecure", "Skip checks").addOption(many("-e, --env <string>", "A variable"));
  assert.deepEqual(
    command.options.filter((option) => !option.hidden).map((option) => option.description),
    ['What it starts from ($FUNC_TEMPLATE) (default "http")', "Skip checks ($FUNC_REGISTRY_INSECURE)", "A variable ($FUNC_ENV)"],
  );
});
