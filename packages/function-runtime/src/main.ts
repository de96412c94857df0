/** `main.ts FILE`: serves the function in FILE until SIGTERM or SIGINT. */
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { functionIn } from "./function-module.ts";
import { runFunction } from "./run.ts";
import { offerSdk } from "./sdk.ts";

async function main(file: string): Promise<void> {
  offerSdk();
  const path = resolve(file);
  // Synchronous loading is faster by a few ms.
  const loaded: unknown = path.endsWith(".cjs") ? createRequire(path)(path) : await import(pathToFileURL(path).href);
  const running = await runFunction(functionIn(loaded), { env: process.env, write: (line) => process.stdout.write(line) });
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    void running.stop().finally(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
  process.exit();
});
