import { resolve } from "node:path";
import { Command } from "commander";
import { kubeconfigPaths, loadKubeconfig } from "../../client/kubeconfig/load.ts";
import { loadProject } from "../../functions/project/project.ts";
import { SPEC_VERSION } from "../../functions/project/version.ts";
import { runtimesIn, templatesIn } from "../../functions/templates/catalog.ts";
import { UserError } from "../shared/io.ts";
import { addPath, addVerbose, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { readGlobalConfig } from "./global-config.ts";
import { repositoriesOf } from "./repositories.ts";
import { settingsOf, type Settings } from "./settings.ts";

export function environmentCommand(func: Func): Command {
  const command = new Command("environment").addOption(text("-f, --format <string>", "json or yaml", { default: "json" }));
  return addVerbose(addPath(command)).action(async () => {
    const settings = settingsOf(command, func.io);
    const format = settings.text("format", "json");
    if (format !== "json" && format !== "yaml") throw new UserError(`unsupported format: ${format}`);
    const facts = await factsOf(func, settings);
    func.io.stdout.write(format === "json" ? `${JSON.stringify(facts, null, 2)}\n` : await yamlText(facts));
  });
}

async function factsOf(func: Func, settings: Settings): Promise<Record<string, unknown>> {
  const { io, version } = func;
  using repositories = await repositoriesOf(func, settings);
  const languages = runtimesIn(repositories.all);
  const loaded = loadProject(resolve(io.cwd, settings.text("path", ".")));
  const kubeconfig = loadKubeconfig({ paths: kubeconfigPaths(io.env) });
  return {
    Version: `v${version}`,
    SpecVersion: SPEC_VERSION,
    Languages: languages,
    Templates: Object.fromEntries(languages.map((language) => [language, templatesIn(repositories.all, language)])),
    Environment: Object.entries(io.env)
      .filter(([key, value]) => key.startsWith("FUNC_") && value !== undefined)
      .map(([key, value]) => `${key}=${SECRET.test(key) ? "***" : value}`),
    Cluster: kubeconfig.kind === "ok" ? kubeconfig.connection.server : "",
    Defaults: readGlobalConfig(io),
    ...(loaded.kind === "ok" ? { Function: loaded.project.config } : {}),
  };
}

/** What people put into reports should not carry their passwords. */
const SECRET = /PASSWORD|TOKEN|SECRET/;

/** With keys in small letters, as Go's library writes them. */
async function yamlText(facts: Readonly<Record<string, unknown>>): Promise<string> {
  const lower = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key.toLowerCase(), value]));
  return (await import("yaml")).stringify(lower);
}
