import type { TerminalSize } from "../../../../api/ports/pod-streams.ts";
import type { LogLimits } from "../../logs/log-writer.ts";

/** What the platform asks the spawner for. `id` is chosen by the asker and never used twice. */
export type SpawnerRequest =
  | ({ readonly type: "spawn"; readonly id: string; readonly log: { readonly path: string } & LogLimits } & Launch)
  | ({ readonly type: "exec"; readonly id: string } & Launch)
  | ({ readonly type: "stream"; readonly id: string; readonly address: string; readonly isTerminal: boolean } & StreamTokens & Launch)
  | { readonly type: "input"; readonly id: string; readonly address: string; readonly token: string }
  | { readonly type: "resize"; readonly id: string; readonly size: TerminalSize }
  | { readonly type: "redirect"; readonly id: string; readonly path: string }
  | { readonly type: "kill"; readonly id: string };

/** What to say at the door for each stream that somebody wants. */
export interface StreamTokens {
  readonly stdin: string | undefined;
  readonly stdout: string | undefined;
  readonly stderr: string | undefined;
}

export interface Launch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Names a process that outlives this one and is killed with it when the platform goes away. */
  readonly pidFile?: string;
  /** Of a container: see `stdin` in `ContainerSpec`. */
  readonly input?: { readonly once: boolean };
}

export type SpawnerReport =
  | { readonly type: "started"; readonly id: string; readonly pid: number; readonly at: number }
  | { readonly type: "failed"; readonly id: string; readonly message: string }
  | { readonly type: "exited"; readonly id: string; readonly code: number | null; readonly signal: string | null; readonly at: number }
  | {
      readonly type: "executed";
      readonly id: string;
      readonly code: number | null;
      readonly signal: string | null;
      readonly output: string;
    };
