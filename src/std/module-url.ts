/**
 * The URL of a module beside the caller, in whichever form runs: `.ts` from `src/`, `.js` from `dist/`.
 * `tsc` rewrites import specifiers but not `new URL("./worker.ts", import.meta.url)`, so workers are named through this.
 *
 * @example new Worker(moduleUrl(import.meta.url, "./worker"))
 */
export function moduleUrl(callerUrl: string, pathWithoutExtension: string): URL {
  const extension = callerUrl.endsWith(".ts") ? ".ts" : ".js";
  return new URL(pathWithoutExtension + extension, callerUrl);
}
