/** Runs an installed `kinetic` as a user would: up with the sample on free ports, one answer, SIGTERM, exit code 0. */
import { spawn } from "node:child_process";
import { once } from "node:events";

const PATIENCE_MS = 60_000;
const PORTS = ["--api-port", "--gateway-port", "--internal-port", "--registry-port"].flatMap((flag) => [flag, "0"]);

const [program = ""] = process.argv.slice(2);
const child = spawn(program, ["up", "--ephemeral", "--sample", ...PORTS], { stdio: ["ignore", "pipe", "inherit"] });
const giveUp = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
let output = "";
let stopping = false;
child.stdout.setEncoding("utf8").on("data", (text: string) => {
  output += text;
  if (stopping || !output.includes("from zero in")) return;
  stopping = true;
  child.kill("SIGTERM");
});
const [code] = (await once(child, "exit")) as [number | null];
clearTimeout(giveUp);
if (code !== 0 || !/Hello World from hello-00001/.test(output)) {
  process.stderr.write(`${output}\nthe installed kinetic ended with ${code}\n`);
  process.exitCode = 1;
}
