import type { RolloutLimits } from "./limits.ts";

/** What a rollout decision knows of one ReplicaSet. */
export interface SetSize {
  readonly name: string;
  /** spec.replicas */
  readonly replicas: number;
  readonly available: number;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** The new number of replicas of those ReplicaSets that change. */
export type Sizes = ReadonlyMap<string, number>;

const NOTHING: Sizes = new Map();

const sum = (sets: readonly SetSize[], of: (set: SetSize) => number) => sets.reduce((total, set) => total + of(set), 0);
const wanted = (sets: readonly SetSize[]) => sum(sets, ({ replicas }) => replicas);
const byAge = (a: SetSize, b: SetSize) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.name < b.name ? -1 : 1);

/** How many replicas the new ReplicaSet may have now, beside the old ones. */
export function newSetReplicas(limits: RolloutLimits, current: number, old: readonly SetSize[]): number {
  if (current > limits.replicas) return limits.replicas;
  const room = limits.replicas + limits.maxSurge - wanted(old) - current;
  return room <= 0 ? current : current + Math.min(room, limits.replicas - current);
}

/** The next step of a rolling update: grow the new one if that is allowed, else shrink old ones. */
export function rollingStep(limits: RolloutLimits, newSet: SetSize, old: readonly SetSize[]): Sizes {
  const grown = newSetReplicas(limits, newSet.replicas, old);
  if (grown !== newSet.replicas) return new Map([[newSet.name, grown]]);
  return shrinkOld(limits, newSet, old);
}

function shrinkOld(limits: RolloutLimits, newSet: SetSize, old: readonly SetSize[]): Sizes {
  const least = limits.replicas - limits.maxUnavailable;
  const removable = wanted(old) + newSet.replicas - least - Math.max(0, newSet.replicas - newSet.available);
  if (wanted(old) === 0 || removable <= 0) return NOTHING;
  const sizes = new Map<string, number>();
  take(old, removable, { sizes, from: ({ replicas, available }) => replicas - available }); // what serves nobody goes first
  const shrunk = old.map((set) => ({ ...set, replicas: sizes.get(set.name) ?? set.replicas }));
  const spare = sum(old, ({ available }) => available) + newSet.available - least;
  take(shrunk, spare, { sizes, from: ({ replicas }) => replicas });
  return sizes;
}

interface Taking {
  readonly sizes: Map<string, number>;
  /** How many a ReplicaSet can give. */
  from(set: SetSize): number;
}

/** Takes up to `count` replicas from the oldest ReplicaSets first and notes their new sizes. */
function take(sets: readonly SetSize[], count: number, { sizes, from }: Taking): void {
  let left = count;
  for (const set of sets.toSorted(byAge)) {
    const taken = Math.min(left, Math.max(0, from(set)));
    if (taken <= 0) continue;
    sizes.set(set.name, set.replicas - taken);
    left -= taken;
  }
}

/** Scales what runs, without starting or advancing a rollout: for a changed replica count and for paused Deployments. */
export function scaleStep(limits: RolloutLimits, newSet: SetSize | undefined, old: readonly SetSize[]): Sizes {
  const all = newSet === undefined ? old : [...old, newSet];
  const active = all.filter(({ replicas }) => replicas > 0);
  const only = active.length > 1 ? undefined : (active[0] ?? newSet ?? old.toSorted(byAge).at(-1));
  if (active.length <= 1) {
    return only === undefined || only.replicas === limits.replicas ? NOTHING : new Map([[only.name, limits.replicas]]);
  }
  if (newSet !== undefined && newSet.replicas === limits.replicas && newSet.available === limits.replicas) {
    return new Map(active.filter((set) => set !== newSet).map(({ name }) => [name, 0]));
  }
  return proportionalStep(limits, active);
}

/** Shares the difference among the ReplicaSets in proportion to their sizes; the largest takes what rounding leaves. */
function proportionalStep(limits: RolloutLimits, active: readonly SetSize[]): Sizes {
  const total = wanted(active);
  const allowed = limits.replicas === 0 ? 0 : limits.replicas + limits.maxSurge;
  const toAdd = allowed - total;
  if (toAdd === 0) return NOTHING;
  const order = active.toSorted((a, b) => b.replicas - a.replicas || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
  const sizes = new Map<string, number>();
  let left = toAdd;
  for (const set of order) {
    const share = clampTowardsZero(Math.round((set.replicas * allowed) / total) - set.replicas, left);
    sizes.set(set.name, set.replicas + share);
    left -= share;
  }
  const [largest] = order;
  if (largest !== undefined) sizes.set(largest.name, Math.max(0, (sizes.get(largest.name) ?? 0) + left));
  return sizes;
}

function clampTowardsZero(share: number, left: number): number {
  return left > 0 ? Math.max(0, Math.min(share, left)) : Math.min(0, Math.max(share, left));
}

/** Recreate: all old ones go first. */
export function recreateStep(limits: RolloutLimits, newSet: SetSize | undefined, old: readonly SetSize[]): Sizes {
  const running = old.filter(({ replicas }) => replicas > 0);
  if (running.length > 0) return new Map(running.map(({ name }) => [name, 0]));
  return newSet === undefined || newSet.replicas === limits.replicas ? NOTHING : new Map([[newSet.name, limits.replicas]]);
}
