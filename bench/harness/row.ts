import type { Limits } from "./statistics.ts";
import type { Program } from "./program.ts";

/** s, ms and us are times; MB and KB are 10^6 and 10^3 bytes. */
export type Unit = "s" | "ms" | "us" | "MB" | "KB" | "/s" | "";

export interface FigureSpec extends Limits {
  /** Names the figure among the readings of its row. */
  readonly key: string;
  readonly what: string;
  readonly unit: Unit;
  /** What real Knative or Kubernetes measured earlier on this machine type, in this figure's unit. */
  readonly recorded?: string;
}

/** Values of one round by figure key, in the figure's unit. A figure that is absent was not measured. */
export type Readings = Readonly<Record<string, number>>;

/** What all rounds of a row share, e.g. a running platform. */
export interface Session extends AsyncDisposable {
  ours(round: number): Promise<Readings>;
  /** Another program that does the same, measured in the same run, before or after ours in turn. */
  readonly peer?: { readonly name: string; measure(round: number): Promise<Readings> };
  /** What a reader must know about this run, e.g. why the peer is missing. */
  readonly notes?: readonly string[];
}

export interface Row {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly FigureSpec[];
  open(context: Context): Promise<Session>;
}

export interface Context {
  /** The program under test. */
  readonly program: Program;
  /** Its uncompiled form, where the difference itself is measured. */
  readonly source: Program;
  /** Tells a person who waits what happens. */
  progress(text: string): void;
}

/** A row or figure cannot be measured here; the message says why. */
export class Skip extends Error {}
