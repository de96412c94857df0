/**
 * Statistics from the traffic flow to the autoscaler. The flows do not import each other: `app/` connects the two
 * ends, in one process by a MessagePort, between pods by HTTP.
 */
export interface RevisionStat {
  /** `namespace/name` of the Revision. */
  readonly revision: string;
  /** Time-weighted average of requests in flight or queued since the last report. */
  readonly averageConcurrency: number;
  /** Requests in flight or queued at this moment: what averages cannot see. */
  readonly concurrency: number;
  /** Of those, how many wait for an instance. */
  readonly queued: number;
  /** Requests that arrived since the last report. */
  readonly requestCount: number;
}

/** Sent every second for revisions that had traffic, and at once when a request finds no instance (a poke). */
export interface StatReport {
  /** Which gateway speaks. */
  readonly gateway: string;
  /** Epoch milliseconds of the end of the interval. */
  readonly at: number;
  /** Length of the interval, milliseconds. */
  readonly intervalMs: number;
  readonly stats: readonly RevisionStat[];
}

export type StatSink = (report: StatReport) => void;
