import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Clock } from "../../std/clock.ts";
import { authEntries, matching, type Candidate, type Credential } from "./credentials.ts";

const HELPER_TIMEOUT_MS = 30_000;
const MAX_HELPER_BYTES = 1024 * 1024;
const HELPER_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const HUB_KEY = "https://index.docker.io/v1/";

export interface DockerConfigOptions {
  /** Of config.json. */
  readonly path: string;
  readonly clock: Clock;
}

/** Registry credentials of the user who runs the platform, as `docker login` stores them. Read at each use. */
export class DockerConfig {
  readonly #options: DockerConfigOptions;

  constructor(options: DockerConfigOptions) {
    this.#options = options;
  }

  /** `problem` when the file or a helper does not work; pulls go on without. */
  async candidates(
    registry: string,
    repository: string,
    signal: AbortSignal,
  ): Promise<{ readonly found: readonly Candidate[]; readonly problem?: string }> {
    const { path } = this.#options;
    try {
      const text = await readFile(path, "utf8").catch(() => undefined);
      if (text === undefined) return { found: [] };
      const config = parsed(text, "it") as { auths?: unknown; credHelpers?: Record<string, string>; credsStore?: string };
      const helped = await this.#helped(config, registry, signal);
      const stated = matching(authEntries(config.auths), `${registry}/${repository}`);
      const credentials = helped === undefined ? stated : [helped, ...stated];
      return { found: credentials.map((credential) => ({ credential, source: path })) };
    } catch (error) {
      signal.throwIfAborted();
      return { found: [], problem: `${path}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  #helped(
    config: { readonly credHelpers?: Record<string, string>; readonly credsStore?: string },
    registry: string,
    signal: AbortSignal,
  ): Promise<Credential | undefined> {
    const helper = config.credHelpers?.[registry] ?? config.credsStore;
    if (helper === undefined || helper === "") return Promise.resolve(undefined);
    if (!HELPER_NAME.test(helper)) throw new Error(`${JSON.stringify(helper)} is no name of a credential helper`);
    return askHelper(`docker-credential-${helper}`, registry === "docker.io" ? HUB_KEY : registry, this.#options.clock, signal);
  }
}

/** The protocol of docker's credential helpers: the registry on stdin, JSON on stdout. */
async function askHelper(program: string, server: string, clock: Clock, signal: AbortSignal): Promise<Credential | undefined> {
  const child = spawn(program, ["get"], { stdio: ["pipe", "pipe", "ignore"], signal });
  using _timer = clock.setTimer(HELPER_TIMEOUT_MS, () => child.kill("SIGKILL"));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  let output = "";
  child.on("error", reject);
  child.on("close", resolve);
  child.stdin.on("error", () => {}); // it may end without reading
  child.stdin.end(server);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.length > MAX_HELPER_BYTES) child.kill("SIGKILL");
  });
  const code = await promise;
  if (code !== 0) {
    if (/credentials not found/i.test(output)) return undefined;
    throw new Error(`${program} failed: ${output.trim().slice(0, 200) || `exit code ${code ?? "none"}`}`);
  }
  const { Username, Secret } = parsed(output, `the answer of ${program}`) as { Username?: string; Secret?: string };
  if (Secret === undefined || Secret === "") return undefined;
  return Username === "<token>" ? { kind: "identity", token: Secret } : { kind: "basic", username: Username ?? "", password: Secret };
}

/** The parser's own message would show what it read, which may be a password. */
function parsed(text: string, what: string): object {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    throw new Error(`${what} is not JSON`);
  }
}
