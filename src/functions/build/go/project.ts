import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isCompiled, type Target } from "./constraints.ts";
import { detectExport } from "./detect.ts";

export interface GoProject {
  /** Path of the function's module, as go.mod has it. */
  readonly module: string;
  readonly instanced: boolean;
  /** Which of our mains goes around it. */
  readonly receives: "http" | "events";
}

export type GoProjectResult =
  | { readonly kind: "ok"; readonly project: GoProject }
  | { readonly kind: "refused"; readonly message: string; readonly hint?: string };

const SDK = "github.com/cloudevents/sdk-go/v2";

/** What the folder has, and what to build around it. `wantsEvents`: the function is invoked with CloudEvents. */
export async function readGoProject(root: string, target: Target, wantsEvents: boolean): Promise<GoProjectResult> {
  const mod = await readText(join(root, "go.mod"));
  if (mod === undefined) return { kind: "refused", message: "there is no go.mod in the function's folder", hint: "go mod init function" };
  const module = /^module\s+"?([^\s"]+)"?/m.exec(mod)?.[1];
  if (module === undefined) return { kind: "refused", message: "go.mod names no module; its first line is `module function`" };
  const found = detectExport(await goSources(root, target));
  if (found.kind === "refused") return found;
  const events = found.flavour === "event" || (found.flavour !== "http" && wantsEvents);
  if (found.flavour === "eventless" && !wantsEvents) {
    const message = "Handle takes neither a request nor an event, and func.yaml does not say `invoke: cloudevent`";
    return {
      kind: "refused",
      message,
      hint: "give it the parameters (w http.ResponseWriter, r *http.Request), or set invoke in func.yaml",
    };
  }
  if (events && !mod.includes(`${SDK} `) && module !== SDK)
    return { kind: "refused", message: `go.mod does not require ${SDK}, which a function of CloudEvents needs`, hint: `go get ${SDK}` };
  return { kind: "ok", project: { module, instanced: found.instanced, receives: events ? "events" : "http" } };
}

async function goSources(root: string, target: Target): Promise<string[]> {
  const names = (await readdir(root)).filter((name) => name.endsWith(".go")).toSorted();
  const sources = await Promise.all(names.map(async (name) => [name, (await readText(join(root, name))) ?? ""] as const));
  return sources.filter(([name, source]) => isCompiled(name, source, target)).map(([, source]) => source);
}

/** undefined: there is none. */
async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "EISDIR") return undefined;
    throw error;
  });
}
