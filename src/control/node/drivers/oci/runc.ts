import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Launch } from "../process/protocol.ts";

export interface ExecOptions {
  readonly pidFile: string;
  readonly tty?: boolean;
  /** Else runc's own words are among the program's output. */
  readonly log?: string;
}

/** Where runc keeps what it knows of our containers, and how it is called. */
export class Runc {
  readonly #program: string;
  /** Folder of its own: nobody else's containers are in it. */
  readonly root: string;
  readonly #logs: string;

  constructor(options: { readonly program: string; readonly root: string; readonly logs: string }) {
    this.#program = options.program;
    this.root = options.root;
    this.#logs = options.logs;
  }

  /**
   * Creates and starts a container and stays until it ends, with its exit code. `--keep`: its control groups are read
   * before they go.
   */
  run(id: string, bundle: string, pidFile: string): Launch {
    const own = ["--bundle", bundle, "--pid-file", pidFile, "--keep", id];
    return this.#launch(["--log", this.logPath(id), "--log-format", "json", "run", ...own], pidFile);
  }

  /** Runs a program in a container: same user, environment and folder. With `log`, `failure(log)` says why it did not. */
  exec(id: string, argv: readonly string[], options: ExecOptions): Launch {
    const { pidFile, tty = false, log } = options;
    const logging = log === undefined ? [] : ["--log", this.logPath(log), "--log-format", "json"];
    return this.#launch([...logging, "exec", ...(tty ? ["--tty"] : []), "--pid-file", pidFile, id, ...argv]);
  }

  stateFolder(id: string): string {
    return join(this.root, id);
  }

  logPath(id: string): string {
    return join(this.#logs, `${id}.log`);
  }

  /** Why `run`, or an `exec` with `log`, failed, in runc's words without its own name. */
  failure(id: string): string {
    try {
      const lines = readFileSync(this.logPath(id), "utf8").trim().split("\n");
      return failureIn(lines);
    } catch {
      return "runc ended without a word";
    }
  }

  #launch(argv: readonly string[], pidFile?: string): Launch {
    const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
    return { argv: [this.#program, "--root", this.root, ...argv], env, cwd: "/", ...(pidFile === undefined ? {} : { pidFile }) };
  }
}

const OWN_WORDS = /^((runc )?(run|create|exec) failed: )?(unable to start container process: )?(error during container init: )?/;

/** The last error among lines of JSON with `level` and `msg`. */
export function failureIn(lines: readonly string[]): string {
  const messages = lines.flatMap((line) => {
    const entry = parse(line);
    return entry.level === "error" && entry.msg !== undefined ? [entry.msg] : [];
  });
  return (messages.at(-1) ?? "runc ended without a word").replace(OWN_WORDS, "");
}

function parse(line: string): { readonly level?: string; readonly msg?: string } {
  try {
    return JSON.parse(line) as { level?: string; msg?: string };
  } catch {
    return {};
  }
}
