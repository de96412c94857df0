import type { ByteSink, ProgramEnd, ProgramSession, TerminalSize } from "../../../api/ports/pod-streams.ts";
import { Inlet } from "./inlet.ts";
import { Latest } from "./latest.ts";

/** Our ends of a program's streams, whatever carries them to the client. */
export interface Carried {
  readonly stdin: Inlet | undefined;
  readonly sizes: Latest<TerminalSize> | undefined;
}

export interface Outputs {
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
}

export function carriedOf({ wants }: ProgramSession): Carried {
  return { stdin: wants.stdin ? new Inlet() : undefined, sizes: wants.tty ? new Latest() : undefined };
}

/** Runs the program with the streams that it wants. */
export async function runCarried(
  session: ProgramSession,
  { stdin, sizes }: Carried,
  outputs: Outputs,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const { wants } = session;
  try {
    return await session.run(
      {
        ...(stdin === undefined ? {} : { stdin }),
        ...(wants.stdout ? { stdout: outputs.stdout } : {}),
        ...(wants.stderr ? { stderr: outputs.stderr } : {}),
        ...(sizes === undefined ? {} : { terminal: sizes }),
      },
      signal,
    );
  } finally {
    stdin?.destroy();
    sizes?.end();
  }
}

const MOST = 0xffff;

/** `{"Width":80,"Height":24}`; undefined for what says nothing of use. */
export function parseSize(text: string): TerminalSize | undefined {
  try {
    const { Width, Height } = JSON.parse(text) as { Width?: unknown; Height?: unknown };
    return isSize(Width) && isSize(Height) ? { columns: Width, rows: Height } : undefined;
  } catch {
    return undefined;
  }
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= MOST;
}
