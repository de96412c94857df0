import type { WriteRequest } from "../contract.ts";
import type { WriteOutcome } from "../write-rule.ts";
import type { CommittedWrite, FromWorker, ReadAnswers, ReadRequest, ToWorker } from "./messages.ts";
import type { Sequencer } from "./sequencer.ts";

/** Turns of the sequencer from messages, without the thread around them. */
export class SequencerLoop {
  readonly #sequencer: Sequencer;
  readonly #post: (message: FromWorker) => void;
  readonly #later: (work: () => void) => void;
  #sweeping = false;
  #closed = false;

  /** `later` runs work after the messages that have already arrived. */
  constructor(sequencer: Sequencer, post: (message: FromWorker) => void, later: (work: () => void) => void) {
    this.#sequencer = sequencer;
    this.#post = post;
    this.#later = later;
  }

  /** One turn over everything that has arrived. An error is reported as `failed`; the owner then gives the store up. */
  handle(messages: readonly ToWorker[]): "open" | "closed" {
    const requests = messages.filter((message) => message.kind === "requests");
    this.#guarded(() => {
      this.#write(requests.flatMap((message) => message.writes));
      this.#read(requests.flatMap((message) => message.reads));
      this.#sequencer.maintain();
    });
    this.#closed = messages.some((message) => message.kind === "close");
    return this.#closed ? "closed" : "open";
  }

  #write(writes: readonly WriteRequest[]): void {
    if (writes.length === 0) return;
    const { outcomes, needsSync, holdAll } = this.#sequencer.turn(writes);
    const committed = { kind: "committed", writes: outcomes.map(withoutValue) } as const;
    if (!holdAll) this.#post(committed);
    if (needsSync) this.#sequencer.sync();
    if (holdAll) this.#post(committed);
    if (needsSync) this.#post({ kind: "synced" });
  }

  #read(reads: readonly ReadRequest[]): void {
    if (reads.length > 0) this.#post({ kind: "answers", answers: reads.map((read) => this.#answer(read)) });
  }

  #answer(read: ReadRequest): ReadAnswers[keyof ReadAnswers] {
    switch (read.kind) {
      case "get":
        return this.#sequencer.get(read.key);
      case "list":
        return this.#sequencer.list(read.prefix);
      case "history":
        return this.#sequencer.history(read.prefix, read.after);
      case "at":
        return this.#sequencer.at(read.revisions);
      case "compact":
        this.#sequencer.compact(read.revision);
        return this.#sweep();
    }
  }

  /** Frees compacted history a slice at a time, between turns. */
  #sweep(): undefined {
    if (this.#sweeping) return;
    this.#sweeping = true;
    const slice = () => {
      if (this.#closed) return;
      this.#guarded(() => {
        this.#sweeping = !this.#sequencer.sweep();
        this.#sequencer.maintain();
        if (this.#sweeping) this.#later(slice);
      });
    };
    this.#later(slice);
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** The main thread still has the value. */
function withoutValue(outcome: WriteOutcome): CommittedWrite {
  return { result: outcome.result, createRevision: "event" in outcome ? outcome.event.createRevision : 0 };
}
