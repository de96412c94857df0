/**
 * What the data plane of events tells the controllers: which Brokers it serves, which Triggers and sources miss nothing.
 * Everything is keyed by the object's uid; undefined means that the plane does not know it (yet).
 */
export interface EventPlaneView {
  broker(uid: string): BrokerView | undefined;
  trigger(uid: string): TriggerView | undefined;
  source(uid: string): SourceView | undefined;
  /** Calls back after each change; reconcilers then look at everything again. Dispose to stop. */
  subscribe(listener: () => void): Disposable;
}

export interface BrokerView {
  /** Events are accepted. */
  readonly ready: boolean;
  /** Why not, or what somebody should look at, e.g. a quarantined segment; empty when all is well. */
  readonly message: string;
}

export interface TriggerView {
  /** Its cursor is synced: no event that is accepted from now on is missed. */
  readonly durable: boolean;
  /** Why nothing is delivered at present. */
  readonly problem?: string;
  /** Events that were parked because the backlog was over its limit, since the event plane started; absent: none. */
  readonly parkedForBacklog?: number;
}

export interface SourceView {
  /** It makes events. */
  readonly running: boolean;
  readonly problem?: string;
}

/** The state that crosses threads. */
export interface EventPlaneState {
  readonly brokers: Readonly<Record<string, BrokerView>>;
  readonly triggers: Readonly<Record<string, TriggerView>>;
  readonly sources: Readonly<Record<string, SourceView>>;
}

export const emptyPlaneState: EventPlaneState = { brokers: {}, triggers: {}, sources: {} };
