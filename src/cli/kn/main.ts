import { basename } from "node:path";
import { systemClock } from "../../std/clock.ts";
import { wordsOfFunc } from "../func/words.ts";
import { processIo } from "../shared/io.ts";
import type { Kn } from "./kn.ts";

const args = process.argv.slice(2);
const name = ownName(process.argv[1] ?? "");
const words = wordsOfFunc(args);
process.exitCode = words === undefined ? await startKn() : await (await import("../func/start.ts")).startFunc(`${name} func`, words);

async function startKn(): Promise<number> {
  const { knProgram } = await import("./program.ts");
  const { runKn } = await import("./run.ts");
  const interrupted = new AbortController();
  process.once("SIGINT", () => {
    interrupted.abort();
    process.exit(130);
  });
  const kn: Kn = {
    io: processIo(),
    name,
    clock: systemClock,
    random: Math.random,
    signal: interrupted.signal,
    connect: async (flags) => (await import("./connect.ts")).connect(kn.io, flags),
    exec: async (path, programArgs) => (await import("./plugin/exec.ts")).exec(path, programArgs),
    namespace: async (flags) => (await import("./connect.ts")).defaultNamespace(kn.io, flags),
  };
  return runKn(await knProgram(kn, args), args, kn);
}

/** A renamed program goes by its new name; started as a module it is `kn`. */
function ownName(path: string): string {
  const name = basename(path).replace(/\.[jt]s$/, "");
  return name === "" || name === "main" ? "kn" : name;
}
