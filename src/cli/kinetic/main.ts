import { wordsOfFunc } from "../func/words.ts";
import { processIo } from "../shared/io.ts";
import { runProgram } from "../shared/run.ts";

const args = process.argv.slice(2);
const words = wordsOfFunc(args);
process.exitCode = words === undefined ? await startKinetic() : await (await import("../func/start.ts")).startFunc("kinetic func", words);

async function startKinetic(): Promise<number> {
  const { kineticProgram } = await import("./program.ts");
  const io = processIo();
  return runProgram(kineticProgram(io), args, io);
}
