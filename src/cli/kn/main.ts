import { basename } from "node:path";
import { systemClock } from "../../std/clock.ts";
import { processIo } from "../shared/io.ts";
import type { Kn } from "./kn.ts";
import { knProgram } from "./program.ts";
import { runKn } from "./run.ts";

const interrupted = new AbortController();
process.once("SIGINT", () => {
  interrupted.abort();
  process.exit(130);
});

const kn: Kn = {
  io: processIo(),
  name: ownName(process.argv[1] ?? ""),
  clock: systemClock,
  random: Math.random,
  signal: interrupted.signal,
  connect: async (flags) => (await import("./connect.ts")).connect(kn.io, flags),
  exec: async (path, programArgs) => (await import("./plugin/exec.ts")).exec(path, programArgs),
  namespace: async (flags) => (await import("./connect.ts")).defaultNamespace(kn.io, flags),
};
const args = process.argv.slice(2);
process.exitCode = await runKn(await knProgram(kn, args), args, kn);

/** A renamed program goes by its new name; started as a module it is `kn`. */
function ownName(path: string): string {
  const name = basename(path).replace(/\.[jt]s$/, "");
  return name === "" || name === "main" ? "kn" : name;
}
