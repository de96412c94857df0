import { processIo } from "../shared/io.ts";
import { runProgram } from "../shared/run.ts";
import { kineticProgram } from "./program.ts";

const io = processIo();
process.exitCode = await runProgram(kineticProgram(io), process.argv.slice(2), io);
