/** The repositories that a command looks into: one that was asked for, or the built-in and the installed ones. */
import { builtInRepository, InstalledRepositories, openRepository } from "../../functions/templates/repositories.ts";
import { DEFAULT_REPOSITORY, type Repository } from "../../functions/templates/repository.ts";
import type { Func } from "./func.ts";
import { repositoriesFolder } from "./global-config.ts";
import type { Settings } from "./settings.ts";

export function installed({ io }: Pick<Func, "io">): InstalledRepositories {
  return new InstalledRepositories(repositoriesFolder(io.env));
}

/** Open until it is disposed. `--repository` replaces all others, under the name of the default one. @throws TemplateError */
export async function repositoriesOf(
  { io, signal }: Pick<Func, "io" | "signal">,
  settings: Settings,
): Promise<{ readonly all: readonly Repository[] } & Disposable> {
  const uri = settings.text("repository");
  if (uri === undefined) return { all: [builtInRepository(), ...installed({ io }).list()], [Symbol.dispose]: () => {} };
  const open = await openRepository(uri, { signal, env: io.env, name: DEFAULT_REPOSITORY });
  return { all: [open.repository], [Symbol.dispose]: () => open[Symbol.dispose]() };
}
