import { basename } from "node:path";
import { startFunc } from "./start.ts";

const own = basename(process.argv[1] ?? "").replace(/\.[jt]s$/, "");
process.exitCode = await startFunc(own === "" || own === "main" ? "func" : own, process.argv.slice(2));
