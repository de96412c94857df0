import type { Container } from "../../../api/k8s/types.generated.ts";
import type { ByteSink, ProgramEnd, ProgramSession, ProgramStreams } from "../../../api/ports/pod-streams.ts";
import type { Clock } from "../../../std/clock.ts";
import type { RunningContainer } from "../drivers/contract.ts";
import type { LogLine } from "../logs/cri.ts";
import { logLines } from "../logs/log-stream.ts";
import { DEFAULT_LOG_LIMITS } from "../logs/log-writer.ts";
import type { StreamedPod } from "./session.ts";
import type { StreamOptions } from "./stream-options.ts";

export interface AttachInput {
  /** Undefined for an init container. */
  readonly spec: Container | undefined;
  readonly container: string;
  readonly running: RunningContainer;
  readonly streamed: StreamedPod;
  readonly clock: Clock;
}

/**
 * Shows what a running container writes from now on, line by line as its log has it, until it ends; what is typed goes to
 * its program if the Pod says that it has input, else nowhere.
 */
export function attachSession({ wants }: StreamOptions, input: AttachInput): ProgramSession {
  return { kind: "program", wants, run: (streams, signal) => attach(input, streams, signal) };
}

async function attach(input: AttachInput, { stdin, stdout, stderr }: ProgramStreams, signal: AbortSignal): Promise<ProgramEnd> {
  const { container, running, streamed, clock } = input;
  if (stdin !== undefined) void giveInput(input, stdin);
  const restart = streamed.records.get(container)?.restartCount ?? 0;
  const path = streamed.logPath(container, restart);
  let isLive = true;
  void running.exited.then(() => (isLive = false));
  const source = { path, maxFiles: DEFAULT_LOG_LIMITS.maxFiles, clock, isLive: () => isLive && !streamed.signal.aborted };
  const choice = { follow: true, tailLines: 0, sinceMs: undefined, stream: "All" } as const;
  for await (const batch of logLines(source, choice, signal)) {
    await show(
      batch.filter((line) => line.stream === "stdout"),
      stdout,
    );
    await show(
      batch.filter((line) => line.stream === "stderr"),
      stderr,
    );
  }
  return { kind: "exited", exitCode: 0 };
}

async function show(lines: readonly LogLine[], sink: ByteSink | undefined): Promise<void> {
  if (lines.length === 0 || sink === undefined) return;
  await sink(Buffer.concat(lines.flatMap(({ text, partial }) => (partial ? [text] : [text, NEWLINE]))));
}

const NEWLINE = Buffer.from("\n");

async function giveInput({ spec, running }: AttachInput, stdin: AsyncIterable<Uint8Array>): Promise<void> {
  if (spec?.stdin === true && running.attachInput !== undefined) await running.attachInput(stdin);
  else await discard(stdin);
}

/** What is typed is taken, so that the client goes on. */
async function discard(stdin: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const _bytes of stdin);
  } catch {
    // the client is gone
  }
}
