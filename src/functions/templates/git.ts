import { execFile } from "node:child_process";
import { TemplateError } from "./template-error.ts";

export interface GitOptions {
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface GitAddress {
  readonly url: string;
  readonly branch?: string;
}

/** `https://host/repository.git#branch` */
export function parseAddress(uri: string): GitAddress {
  const hash = uri.indexOf("#");
  return hash < 0 || hash === uri.length - 1 ? { url: uri.replace(/#$/, "") } : { url: uri.slice(0, hash), branch: uri.slice(hash + 1) };
}

/** The newest commit of a branch, without history. @throws TemplateError with git's own words; the signal's reason */
export async function clone({ url, branch }: GitAddress, folder: string, options: GitOptions): Promise<void> {
  const chosen = branch === undefined ? [] : ["--branch", branch];
  await git(["clone", "--quiet", "--depth", "1", "--no-tags", "--single-branch", ...chosen, "--", url, folder], options, url);
}

/** Where a clone came from; undefined if it is none. */
export async function originOf(folder: string, options: GitOptions): Promise<string | undefined> {
  const args = ["--git-dir", `${folder}/.git`, "config", "--get", "remote.origin.url"];
  const text = await git(args, options, folder).catch((error: unknown) => {
    if (error instanceof TemplateError) return "";
    throw error;
  });
  return text.trim() === "" ? undefined : text.trim();
}

function git(args: readonly string[], { signal, env }: GitOptions, what: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const quiet = { ...env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" }; // an error, not a question that waits
  execFile("git", [...args], { signal, env: quiet as NodeJS.ProcessEnv }, (error, stdout, stderr) => {
    if (error === null) resolve(stdout);
    else reject(signal.aborted ? signal.reason : gitError(error, stderr, what));
  });
  return promise;
}

function gitError(error: Error & { readonly code?: unknown }, stderr: string, what: string): TemplateError {
  if (error.code === "ENOENT")
    return new TemplateError("the program git is not installed", `install git, or use a folder: file:///path/to/repository`);
  const said = stderr
    .trim()
    .split("\n")
    .findLast((line) => /^(fatal|error): /.test(line));
  return new TemplateError(
    `could not get the repository ${what}: ${said ?? error.message}`,
    "check the address with: git ls-remote ADDRESS",
  );
}
