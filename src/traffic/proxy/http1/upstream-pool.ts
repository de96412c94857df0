/** Connections to instances over HTTP/1.1: new ones when needed, the idle ones kept for a short while. */
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Clock, Timer } from "../../../std/clock.ts";
import type { DialTarget, PendingConnect, UpstreamEvents, UpstreamPool } from "../message.ts";
import type { ConnectionOwner } from "./upstream-connection.ts";
import { UpstreamConnection } from "./upstream-connection.ts";

/** Below the 5 s after which common servers close idle connections, so that we leave first. */
const IDLE_MS = 4_000;
/** When an instance has said how long it keeps a connection, we leave this much before. */
const LAST_MOMENT_MS = 1_000;
/** An instance that said nothing does not close a connection so soon: safe for what must not be sent twice. */
const FRESH_MS = 500;
const SWEEP_MS = 1_000;
const MAX_IDLE_PER_TARGET = 512;
const CONNECT_TIMEOUT_MS = 5_000;

const keyOf = (target: DialTarget): string => `${target.address}|${target.port}`;

export class Http1Pool implements UpstreamPool, ConnectionOwner {
  readonly #clock: Clock;
  /** Last in, first out: the most recently used connection is the least likely to be stale. */
  readonly #idle = new Map<string, UpstreamConnection[]>();
  #sweeper: Timer | undefined;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  connect(target: DialTarget, events: UpstreamEvents, repeatable: boolean): PendingConnect | undefined {
    const key = keyOf(target);
    const kept = this.#take(key, repeatable);
    if (kept === undefined) return this.#dial(key, target, events);
    kept.begin(events, true);
    events.onUpstreamReady(kept);
    return undefined;
  }

  /** The most recently used connection that its instance will not close in this moment. */
  #take(key: string, repeatable: boolean): UpstreamConnection | undefined {
    const list = this.#idle.get(key) ?? [];
    const now = this.#clock.monotonicMs();
    for (let last = list.at(-1); last !== undefined; last = list.at(-1)) {
      const idleMs = now - last.idleSince;
      if (!repeatable && last.keptForMs === undefined && idleMs >= FRESH_MS) return undefined;
      list.pop();
      if (idleMs < usableMs(last)) return last;
      last.abort();
    }
    return undefined;
  }

  onIdle(connection: UpstreamConnection): void {
    const list = this.#idle.get(connection.key) ?? [];
    if (this.#closed || list.length >= MAX_IDLE_PER_TARGET) return connection.abort();
    connection.idleSince = this.#clock.monotonicMs();
    list.push(connection);
    this.#idle.set(connection.key, list);
    if (this.#sweeper === undefined) this.#armSweeper();
  }

  onClosed(connection: UpstreamConnection): void {
    const list = this.#idle.get(connection.key);
    const index = list?.indexOf(connection) ?? -1;
    if (index >= 0) list?.splice(index, 1);
  }

  forget(target: DialTarget): void {
    const key = keyOf(target);
    const list = this.#idle.get(key) ?? [];
    this.#idle.delete(key);
    for (const connection of list) connection.abort();
  }

  close(): void {
    this.#closed = true;
    this.#sweeper?.[Symbol.dispose]();
    for (const list of this.#idle.values()) for (const connection of list) connection.abort();
    this.#idle.clear();
  }

  #dial(key: string, target: DialTarget, events: UpstreamEvents): PendingConnect {
    const socket = connect({ host: target.address, port: target.port, noDelay: true, allowHalfOpen: true });
    const timer = this.#clock.setTimer(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error("connect timed out")));
    const fail = (error?: Error) => {
      dismiss();
      events.onUpstreamFailure({ stage: "connect", message: error?.message ?? "connection closed while connecting" });
    };
    const dismiss = settle(socket, timer, fail);
    socket.once("connect", () => {
      dismiss();
      const connection = new UpstreamConnection(key, socket, this);
      connection.begin(events, false);
      events.onUpstreamReady(connection);
    });
    return {
      cancel: () => {
        dismiss();
        socket.destroy();
      },
    };
  }

  #armSweeper(): void {
    this.#sweeper = this.#clock.setTimer(SWEEP_MS, () => this.#sweep());
    this.#sweeper.unref();
  }

  #sweep(): void {
    const now = this.#clock.monotonicMs();
    for (const [key, list] of this.#idle) {
      const kept = list.filter((connection) => now - connection.idleSince < usableMs(connection));
      for (const connection of list) if (!kept.includes(connection)) connection.abort();
      if (kept.length === 0) this.#idle.delete(key);
      else this.#idle.set(key, kept);
    }
    this.#sweeper = undefined;
    if (this.#idle.size > 0) this.#armSweeper();
  }
}

/** How long an idle connection may be used again. */
function usableMs({ keptForMs = Number.POSITIVE_INFINITY }: UpstreamConnection): number {
  return Math.min(IDLE_MS, keptForMs - Math.min(LAST_MOMENT_MS, keptForMs / 2));
}

/** Wires what can go wrong while connecting; the returned function takes it back. */
function settle(socket: Socket, timer: Timer, fail: (error?: Error) => void): () => void {
  const onError = (error: Error) => fail(error);
  const onClose = () => fail();
  socket.once("error", onError);
  socket.once("close", onClose);
  return () => {
    timer[Symbol.dispose]();
    socket.removeListener("error", onError);
    socket.removeListener("close", onClose);
    socket.on("error", ignore); // an error after this point is told by `close`
  };
}

const ignore = () => {};

/** Whether something accepts connections there. */
export function dial(target: DialTarget): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: target.address, port: target.port });
    socket.setTimeout(300, () => socket.destroy(new Error("timed out")));
    socket.once("connect", () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
  });
}
