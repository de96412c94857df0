import type { Revision } from "../../../api/serving/revision.ts";
import type { KnativeService } from "../../../api/serving/service.ts";
import type { TrafficTarget } from "../../../api/serving/traffic.ts";
import { UserError } from "../../shared/io.ts";

const LATEST = "@latest";

export interface TrafficFlags {
  readonly tag?: readonly string[];
  readonly untag?: readonly string[];
  readonly traffic?: readonly string[];
}

export interface TrafficWorld {
  readonly service: KnativeService;
  /** The service's own revisions. */
  readonly revisions: readonly Revision[];
  /** Whether this change makes a new revision, which @latest will then be. */
  readonly makesRevision?: boolean;
}

/** The targets after the flags, in their order of precedence: untag, tag @latest, tag others, traffic. Pure. */
export function computeTraffic(targets: readonly TrafficTarget[], flags: TrafficFlags, world: TrafficWorld): TrafficTarget[] {
  const name = world.service.metadata.name ?? "";
  const shares = parseShares(flags.traffic ?? []);
  const tags = (flags.tag ?? []).map((text) => splitPair(text));
  const untagged = withoutTags(targets, flags.untag ?? [], name);
  const ordered = [...tags.filter(([revision]) => revision === LATEST), ...tags.filter(([revision]) => revision !== LATEST)];
  const tagged = ordered.reduce(withTag, untagged);
  const shared = shares.length === 0 ? tagged : withShares(tagged, filled(shares, tagged, world));
  return shared.filter((target) => (target.tag ?? "") !== "" || (target.percent ?? 0) > 0);
}

type Targets = readonly TrafficTarget[];

function withoutTags(targets: Targets, tags: readonly string[], service: string): TrafficTarget[] {
  const missing = tags.filter((tag) => !targets.some((target) => target.tag === tag));
  if (missing.length > 0) throw new UserError(`tag(s) ${missing.join(", ")} not present for any revisions of service ${service}`);
  return targets.map((target) => {
    if (target.tag === undefined || !tags.includes(target.tag)) return target;
    const { tag: _tag, ...rest } = target;
    return rest;
  });
}

function withTag(targets: TrafficTarget[], [revision, tag]: readonly [string, string]): TrafficTarget[] {
  const own = (target: TrafficTarget) => isTargetOf(target, revision);
  if (targets.some((target) => own(target) && target.tag === tag)) return targets;
  if (targets.some((target) => target.tag === tag)) throw overwriting(tag);
  if (revision === LATEST && targets.some((target) => own(target) && (target.tag ?? "") !== "")) {
    throw overwriting(targets.find((target) => own(target) && (target.tag ?? "") !== "")?.tag ?? "");
  }
  const free = targets.findIndex((target) => own(target) && (target.tag ?? "") === "");
  if (free < 0) return [...targets, { ...newTarget(revision, 0), tag }];
  return targets.with(free, { ...targets[free], tag });
}

function overwriting(tag: string): UserError {
  return new UserError(`refusing to overwrite existing tag in service, add flag '--untag ${tag}' in command to untag it`);
}

function isTargetOf(target: TrafficTarget, revision: string): boolean {
  if (revision === LATEST) return target.latestRevision === true;
  return target.latestRevision !== true && target.revisionName === revision;
}

function newTarget(revision: string, percent: number): TrafficTarget {
  if (revision === LATEST) return { latestRevision: true, percent };
  return { revisionName: revision, latestRevision: false, percent };
}

/** A target of the latest revision does not name it: which one that is, is the server's to say. */
export function withoutLatestName(target: TrafficTarget): TrafficTarget {
  if (target.latestRevision !== true) return target;
  const { revisionName: _name, ...rest } = target;
  return rest;
}

interface Share {
  /** A revision, a tag or @latest. */
  readonly reference: string;
  readonly percent: number;
}

/** `REFERENCE=PERCENT`; a number alone is for @latest. */
function parseShares(texts: readonly string[]): Share[] {
  const seen = new Set<string>();
  return texts.map((text) => {
    const [reference, value] = /^\d+$/.test(text) ? ([LATEST, text] as const) : splitPair(text);
    if (seen.has(reference)) {
      throw new UserError(`repetition of revision reference ${reference} is not allowed, use only once with --traffic flag`);
    }
    seen.add(reference);
    if (!/^-?\d+$/.test(value)) throw new UserError(`error converting given ${value} to integer value for traffic distribution`);
    const percent = Number(value);
    if (percent < 0 || percent > 100) {
      throw new UserError(`invalid value for traffic percent ${percent}, expected 0 <= percent <= 100`);
    }
    return { reference, percent };
  });
}

function splitPair(text: string): readonly [string, string] {
  const [left = "", right = "", ...more] = text.split("=");
  if (left === "" || right === "" || more.length > 0) throw new UserError(`expecting the value format in value1=value2, given ${text}`);
  return [left, right];
}

/** Shares that add up to 100: one target that is not named gets what is left. */
function filled(shares: readonly Share[], targets: Targets, world: TrafficWorld): Share[] {
  const sum = shares.reduce((total, share) => total + share.percent, 0);
  if (sum > 100) throw new UserError(`given traffic percents sum to ${sum}, want <=100`);
  if (sum === 100) return [...shares];
  const missing = unnamed(shares, targets, world);
  if (missing.length !== 1) {
    throw new UserError(
      `unable to allocate the remaining traffic: ${100 - sum}%. ` +
        "Reason: incorrect number of revisions specified. Only 1 revision should be missing",
    );
  }
  return [...shares, { reference: missing[0] ?? "", percent: 100 - sum }];
}

/** Revisions that no share speaks of, also not by a tag or as @latest. */
function unnamed(shares: readonly Share[], targets: Targets, { service, revisions, makesRevision }: TrafficWorld): string[] {
  const latest = service.status?.latestReadyRevisionName;
  const named = new Set(
    shares.map(({ reference }) => {
      if (reference === LATEST) return makesRevision === true ? LATEST : latest;
      const target = targets.find((candidate) => candidate.tag === reference);
      return target === undefined ? reference : target.latestRevision === true ? latest : target.revisionName;
    }),
  );
  const all = revisions.map((revision) => revision.metadata.name ?? "");
  return [...all, ...(makesRevision === true ? [LATEST] : [])].filter((name) => !named.has(name));
}

function withShares(targets: Targets, shares: readonly Share[]): TrafficTarget[] {
  const cleared = targets.map((target) => ({ ...target, percent: 0 }));
  return shares.reduce<TrafficTarget[]>((all, { reference, percent }) => {
    const byTag = reference === LATEST ? -1 : all.findIndex((target) => target.tag === reference);
    const index = byTag >= 0 ? byTag : all.findIndex((target) => isTargetOf(target, reference));
    return index < 0 ? [...all, newTarget(reference, percent)] : all.with(index, { ...all[index], percent });
  }, cleared);
}
