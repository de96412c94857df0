import { spawn } from "node:child_process";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import type { TerminalSize } from "../../../../api/ports/pod-streams.ts";
import type { Clock } from "../../../../std/clock.ts";
import type { Launch } from "./protocol.ts";

/**
 * Terminals for programs. Node cannot make one, `script` of util-linux can: it carries its own plain streams to and from
 * a program in a new terminal. The size is set from outside with `stty`; the kernel tells the program.
 */

const SCRIPT = "/usr/bin/script";
const STTY = "/usr/bin/stty";
const SHELL = "/bin/sh";
const TRIES = 40;
const TRY_MS = 25;

/** Why there can be no terminal, or undefined. `instead` is what helps. */
export function terminalProblem(instead = "run it without -t"): string | undefined {
  if (process.platform !== "linux") return `terminals need Linux here: ${instead}`;
  const missing = [SCRIPT, STTY, SHELL].find((path) => !existsSync(path));
  return missing === undefined ? undefined : `a terminal needs ${missing} (util-linux, coreutils), which this machine lacks: ${instead}`;
}

/** The same program in a terminal. */
export function inTerminal(launch: Launch): Launch {
  const { SHELL: own, ...env } = launch.env;
  const restore = own === undefined ? "unset SHELL" : `export SHELL=${quoted(own)}`;
  const command = `${restore}; exec ${launch.argv.map(quoted).join(" ")}`;
  return { ...launch, argv: [SCRIPT, "-qefc", command, "/dev/null"], env: { TERM: "xterm", ...env, SHELL } };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The terminal of a running `script`. */
export class Terminal {
  readonly #pid: number;
  readonly #clock: Clock;
  #wanted: TerminalSize | undefined;
  #isWorking = false;

  constructor(pid: number, clock: Clock) {
    this.#pid = pid;
    this.#clock = clock;
  }

  /** The program that leads the terminal's session; undefined before and after. */
  get leader(): number | undefined {
    try {
      const [child] = readFileSync(`/proc/${this.#pid}/task/${this.#pid}/children`, "latin1").split(" ");
      return child === undefined || child.trim() === "" ? undefined : Number(child);
    } catch {
      return undefined;
    }
  }

  /** Of several sizes asked for at once the last one is set. */
  resize(size: TerminalSize): void {
    this.#wanted = size;
    if (this.#isWorking) return;
    this.#isWorking = true;
    void this.#work().finally(() => (this.#isWorking = false));
  }

  async #work(): Promise<void> {
    for (let tries = 0; tries < TRIES && this.#wanted !== undefined;) {
      const path = this.#path();
      if (path === undefined) {
        tries += 1; // it is not made yet
        await new Promise<void>((resolve) => this.#clock.setTimer(TRY_MS, resolve));
      } else {
        const { rows, columns } = this.#wanted;
        this.#wanted = undefined;
        await setSize(path, ["rows", String(rows), "cols", String(columns)]);
      }
    }
  }

  #path(): string | undefined {
    const { leader } = this;
    if (leader === undefined) return undefined;
    try {
      const path = readlinkSync(`/proc/${leader}/fd/0`);
      return path.startsWith("/dev/pts/") ? path : undefined;
    } catch {
      return undefined;
    }
  }
}

function setSize(path: string, size: readonly string[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const child = spawn(STTY, ["-F", path, ...size], { stdio: "ignore" });
  child.once("error", () => resolve());
  child.once("close", () => resolve());
  return promise;
}
