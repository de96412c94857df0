/**
 * What passes between the API server, which speaks with clients, and the node, which has the programs: `kubectl exec`,
 * `attach` and `port-forward`. `app` connects the two.
 */

/** Takes bytes; resolves when it wants more. Rejects when nobody takes them any longer. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The streams of one program. A terminal has no stderr of its own. */
export interface ProgramStreams {
  /** Its end is the end of the program's input. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly stdout?: ByteSink;
  readonly stderr?: ByteSink;
  /** The program runs in a terminal, whose size changes as this says. */
  readonly terminal?: AsyncIterable<TerminalSize>;
}

export type ProgramEnd =
  | { readonly kind: "exited"; readonly exitCode: number }
  /** It never ran, or was lost. */
  | { readonly kind: "failed"; readonly message: string };

/** A program to run, or one that runs, once its client is connected. */
export interface ProgramSession {
  readonly kind: "program";
  readonly wants: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean; readonly tty: boolean };
  /** Resolves after all output was taken. An aborted signal ends the program of an `exec` and leaves one of an `attach`. */
  run(streams: ProgramStreams, signal: AbortSignal): Promise<ProgramEnd>;
}

/** A TCP connection. */
export interface Connection {
  readonly incoming: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  /** No more bytes come; those of the other direction may. */
  end(): void;
  /** Cuts both directions. */
  destroy(): void;
}

export type Dialed =
  | { readonly kind: "connected"; readonly connection: Connection }
  | { readonly kind: "failed"; readonly message: string };

/** Connections to the ports of a pod. */
export interface PortSession {
  readonly kind: "ports";
  dial(port: number, signal: AbortSignal): Promise<Dialed>;
}

export type PodSession = ProgramSession | PortSession;
