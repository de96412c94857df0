import type { ProgramEnd, ProgramStreams } from "../../../../api/ports/pod-streams.ts";
import type { Clock } from "../../../../std/clock.ts";
import type { StreamTokens } from "./protocol.ts";
import type { Expected, StreamDoor } from "./stream-door.ts";
import { feed, OutputPump } from "./stream-pumps.ts";

/** One program's streams between its sockets and those who hold the other ends. */
export class Streamed {
  readonly tokens: StreamTokens;
  readonly #door: StreamDoor;
  readonly #expected: readonly Expected[];
  readonly #stdin: Expected | undefined;
  readonly #pumps: Promise<OutputPump>[];

  constructor(door: StreamDoor, { stdin, stdout, stderr }: ProgramStreams, clock: Clock) {
    this.#door = door;
    const expect = (isWanted: boolean) => (isWanted ? door.expect() : undefined);
    this.#stdin = expect(stdin !== undefined);
    const outputs = [stdout, stderr].map((sink) => ({ sink, expected: expect(sink !== undefined) }));
    this.tokens = {
      stdin: this.#stdin?.token,
      stdout: outputs[0]?.expected?.token,
      stderr: outputs[1]?.expected?.token,
    };
    this.#expected = [this.#stdin, ...outputs.map(({ expected }) => expected)].filter((expected) => expected !== undefined);
    if (stdin !== undefined) this.#stdin?.socket.then((socket) => feed(socket, stdin)).catch(() => {});
    this.#pumps = outputs.flatMap(({ sink, expected }) =>
      sink === undefined || expected === undefined ? [] : [expected.socket.then((socket) => new OutputPump(socket, sink, clock))],
    );
    for (const pump of this.#pumps) pump.catch(() => {}); // `end` sees it
  }

  /** Once the program has ended, or did not start. */
  async end(end: ProgramEnd): Promise<ProgramEnd> {
    if (end.kind === "failed") for (const { token } of this.#expected) this.#door.forget(token);
    await Promise.all(this.#pumps.map((pump) => pump.then((started) => started.finish()).catch(() => {})));
    this.#stdin?.socket.then((socket) => socket.destroy()).catch(() => {});
    return end;
  }
}
