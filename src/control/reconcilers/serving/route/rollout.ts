/**
 * The gradual rollout of a new latest revision (reference: autoscaling, gradual rollout). Its state lives in an annotation
 * of the Ingress, in upstream's form.
 *
 * - I1 the shares of a followed Configuration always sum to its percent.
 * - I2 the newest revision is the last; it takes from its predecessors, the newest of them first.
 * - I3 steps begin when the gateway serves the first percent: a step lasts at least as long as that took.
 */
import type { ResolvedTarget } from "./traffic.ts";

export interface RevisionShare {
  readonly revisionName: string;
  /** Of the whole route, or of its tag. */
  readonly percent: number;
}

/** Times in nanoseconds, as upstream writes them. */
interface StepParams {
  /** When the newest revision got its first percent. */
  readonly startTime?: number;
  readonly nextStepTime?: number;
  readonly stepDuration?: number;
  readonly stepSize?: number;
}

export interface ConfigurationRollout {
  readonly configurationName: string;
  readonly tag?: string;
  readonly percent: number;
  readonly revisions: readonly RevisionShare[];
  readonly stepParams: StepParams;
}

export type Rollout = readonly ConfigurationRollout[];

export interface RolloutContext {
  /** What the Ingress says now. */
  readonly previous: Rollout;
  /** The gateway serves what the Ingress says now. */
  readonly isServed: boolean;
  /** Whether a revision can still take requests. */
  readonly isAlive: (revisionName: string) => boolean;
  readonly durationMs: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

const NANOS = 1e6;

/** Where the traffic of followed Configurations shall end: with their latest ready revisions. */
export function rolloutGoal(targets: readonly ResolvedTarget[]): Rollout {
  const whole = new Map<string, ConfigurationRollout>();
  const tagged: ConfigurationRollout[] = [];
  for (const { configurationName, revisionName, percent, tag } of targets) {
    if (configurationName === undefined) continue;
    const sum = (whole.get(configurationName)?.percent ?? 0) + percent;
    if (sum > 0) whole.set(configurationName, entry(configurationName, undefined, revisionName, sum));
    if (tag !== "") tagged.push(entry(configurationName, tag, revisionName, 100));
  }
  return [...whole.values(), ...tagged];
}

function entry(configurationName: string, tag: string | undefined, revisionName: string, percent: number): ConfigurationRollout {
  return { configurationName, ...(tag === undefined ? {} : { tag }), percent, revisions: [{ revisionName, percent }], stepParams: {} };
}

/** How far the rollout is now. Without a duration, or anything to come from, that is its goal. */
export function stepRollout(goal: Rollout, context: RolloutContext): Rollout {
  if (context.durationMs <= 0) return goal;
  return goal.map((one) => {
    const before = context.previous.find(({ configurationName, tag }) => configurationName === one.configurationName && tag === one.tag);
    return before === undefined || one.percent <= 1 ? one : stepOne(one, before, context);
  });
}

/** When to step next, epoch milliseconds; undefined when only news of the Ingress go on, or when all is done. */
export function nextStepAt(rollout: Rollout): number | undefined {
  const times = rollout.flatMap(({ stepParams }) => stepParams.nextStepTime ?? []);
  return times.length === 0 ? undefined : Math.min(...times) / NANOS;
}

export function isRollingOut(rollout: Rollout): boolean {
  return rollout.some(({ revisions }) => revisions.length > 1);
}

function stepOne(goal: ConfigurationRollout, before: ConfigurationRollout, context: RolloutContext): ConfigurationRollout {
  const newest = goal.revisions[0]?.revisionName ?? "";
  const living = before.revisions.filter(({ revisionName }) => revisionName === newest || context.isAlive(revisionName));
  if (living.length === 0) return goal;
  const shares = adjust(living, goal.percent);
  if (shares.at(-1)?.revisionName !== newest) {
    const stepParams = { startTime: context.now * NANOS };
    return { ...goal, revisions: give(others(shares, newest), newest, 1), stepParams };
  }
  return advance({ ...goal, revisions: shares, stepParams: before.stepParams }, context);
}

/** A revision that comes back in the middle of a rollout is the newest again; its old share goes to the one before it. */
function others(shares: readonly RevisionShare[], newest: string): readonly RevisionShare[] {
  const rest = shares.filter(({ revisionName }) => revisionName !== newest);
  const lost = shares.find(({ revisionName }) => revisionName === newest)?.percent ?? 0;
  return rest.map((share, index) => (index === rest.length - 1 ? { ...share, percent: share.percent + lost } : share));
}

/** Brings the shares to a new sum: the newest gains, the oldest lose. */ // I1
function adjust(shares: readonly RevisionShare[], percent: number): readonly RevisionShare[] {
  const difference = percent - shares.reduce((sum, share) => sum + share.percent, 0);
  if (difference >= 0) {
    return shares.map((share, index) => (index === shares.length - 1 ? { ...share, percent: share.percent + difference } : share));
  }
  return take(shares, -difference);
}

/** Takes from the first, then from the next. */
function take(shares: readonly RevisionShare[], amount: number): readonly RevisionShare[] {
  let rest = amount;
  const left = shares.map((share) => {
    const taken = Math.min(rest, share.percent);
    rest -= taken;
    return { ...share, percent: share.percent - taken };
  });
  return left.filter(({ percent }) => percent > 0);
}

/** Moves `amount` to the newest revision. */ // I2
function give(from: readonly RevisionShare[], newest: string, amount: number): readonly RevisionShare[] {
  const before = from.reduce((sum, share) => sum + share.percent, 0);
  const left = take(from.toReversed(), amount).toReversed();
  const moved = before - left.reduce((sum, share) => sum + share.percent, 0);
  return [...left, { revisionName: newest, percent: moved }];
}

function advance(rollout: ConfigurationRollout, context: RolloutContext): ConfigurationRollout {
  const { revisions, stepParams } = rollout;
  const newest = revisions.at(-1);
  if (newest === undefined || revisions.length === 1) return { ...rollout, stepParams: {} };
  const { nextStepTime, stepDuration = 0, stepSize = 1 } = stepParams;
  if (nextStepTime === undefined) return context.isServed ? { ...rollout, stepParams: plan(rollout, context) } : rollout; // I3
  if (context.now * NANOS < nextStepTime) return rollout;
  const moved = give(revisions.slice(0, -1), newest.revisionName, stepSize);
  const stepped = [...moved.slice(0, -1), { ...newest, percent: newest.percent + (moved.at(-1)?.percent ?? 0) }];
  if (stepped.length === 1) return { ...rollout, revisions: stepped, stepParams: {} };
  return { ...rollout, revisions: stepped, stepParams: { ...stepParams, nextStepTime: context.now * NANOS + stepDuration } };
}

/** How many steps of what size, from the time that the first percent took. */
function plan({ percent, stepParams }: ConfigurationRollout, { now, durationMs }: RolloutContext): StepParams {
  const { startTime = now * NANOS } = stepParams;
  const leastSeconds = Math.max(1, Math.ceil((now - startTime / NANOS) / 1000));
  const seconds = Math.max(1, durationMs / 1000 - leastSeconds);
  const steps = Math.min(percent - 1, Math.max(1, Math.floor(seconds / leastSeconds)));
  const stepDuration = Math.round((seconds / steps) * 1000) * NANOS;
  return { startTime, nextStepTime: now * NANOS + stepDuration, stepDuration, stepSize: Math.max(1, Math.round((percent - 1) / steps)) };
}

/** The state as it stands in the annotation. One that makes no sense counts as none. */
export function parseRollout(text: string | undefined): Rollout {
  const parsed = parseJson(text ?? "");
  const found = (parsed as { configurations?: unknown } | undefined)?.configurations;
  return Array.isArray(found) ? found.filter(isSound) : [];
}

export function formatRollout(rollout: Rollout): string {
  return JSON.stringify(rollout.length === 0 ? {} : { configurations: rollout });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isSound(value: unknown): value is ConfigurationRollout {
  const { configurationName, percent, revisions, stepParams } = (value ?? {}) as Partial<ConfigurationRollout>;
  if (typeof configurationName !== "string" || typeof percent !== "number" || !Array.isArray(revisions)) return false;
  const shares = revisions as Partial<RevisionShare>[];
  const areShares = shares.every((share) => typeof share?.revisionName === "string" && typeof share.percent === "number");
  return areShares && typeof stepParams === "object" && shares.reduce((sum, share) => sum + (share.percent ?? 0), 0) === percent;
}
