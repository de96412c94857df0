import { join } from "node:path";
import type { BuildContext, LanguagePack } from "../../functions/build/contract.ts";
import { localEnv } from "../../functions/deploy/env.ts";
import type { Project } from "../../functions/project/project.ts";
import { UserError } from "../shared/io.ts";
import { helpError } from "./errors.ts";
import type { Func } from "./func.ts";
import { BUILT_HERE, packFor } from "./packs.ts";

/** Where builds keep what they can use again. */
export function buildCache(env: Func["io"]["env"]): string {
  const above = env["XDG_CACHE_HOME"] || join(env["HOME"] ?? "/tmp", ".cache");
  return join(above, "kinetic", "build");
}

export function buildContext({ io, signal }: Func, { root, config }: Pick<Project, "root" | "config">): BuildContext {
  const { env: ofBuild } = localEnv(config.build?.buildEnvs, io.env);
  return { root, config, cache: buildCache(io.env), signal, env: { ...io.env, ...ofBuild }, output: (text) => void io.stderr.write(text) };
}

/** @throws UserError for a language that needs a container engine */
export async function mustHavePack({ name }: Func, { config }: Pick<Project, "config">): Promise<LanguagePack> {
  const pack = await packFor(config.runtime);
  if (pack !== undefined) return pack;
  throw helpError({
    message: `${config.runtime} functions are not yet built without a container engine`,
    why: [`Built here are ${BUILT_HERE.join(", ")}; the project itself is fine and can be built by upstream's func.`],
    tries: [[`${name} create --language go myfunction`, "Create one that is"]],
    more: `${name} build`,
  });
}

/** Says once that another builder is used than the project wants. @throws UserError when a flag asks for one that is not here */
export function checkBuilder(func: Func, builder: string | undefined, source: string): void {
  if (builder === undefined || builder === "host") return;
  if (builder !== "pack" && builder !== "s2i") throw new UserError(`--builder must be host, pack or s2i, not ${JSON.stringify(builder)}`);
  if (source === "flag" || source === "env") {
    throw new UserError(
      `--builder ${builder} needs a container engine, which this program does not use; leave it out, or say --builder host`,
    );
  }
  func.io.stderr.write(`Note: built by host: ${builder}, which the project prefers, needs a container engine\n`);
}
