import { nameColumn } from "../meta/define-kind.ts";
import type { Kind } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";
import { observeKind } from "./group.ts";

/** Sends dead letters again. Only ever created: the answer is one line of JSON for each, and one that sums up. */
export interface Redrive extends KubeObject {
  readonly spec: {
    /** Names of dead letters. Either these or a selector. */
    readonly names?: readonly string[];
    readonly labelSelector?: string;
    /** A broker of the same namespace that takes them under new ids; else they go to their trigger's subscriber. */
    readonly toBroker?: string;
    /** Events per second. */
    readonly rate?: number;
    readonly dryRun?: boolean;
  };
}

export const DEFAULT_REDRIVE_RATE = 10;

export interface RedriveLine {
  readonly deadLetter: string;
  readonly event?: string;
  readonly trigger?: string;
  /** `edited`: an edited copy of it is there, which goes in its place. */
  readonly outcome: "redriven" | "republished" | "would-redrive" | "failed" | "edited" | "missing";
  readonly detail?: string;
}

export interface RedriveSummary {
  readonly summary: { readonly matched: number; readonly redriven: number; readonly failed: number };
}

export const redriveKind: Kind<Redrive> = observeKind<Redrive>({
  kind: "Redrive",
  plural: "redrives",
  singular: "redrive",
  shortNames: [],
  verbs: ["create"],
  columns: [nameColumn()],
});
