/** What must hold once nothing goes wrong any more. */
import type { Deployment } from "../../api/k8s/types.generated.ts";
import { SERVICE_LABEL } from "../../api/names/labels.ts";
import type { Revision } from "../../api/serving/revision.ts";
import type { KnativeService } from "../../api/serving/service.ts";
import { parseGoDuration } from "../../std/duration.ts";
import type { Tally } from "./clients.ts";
import { USER_NAMESPACE } from "./control-plane.ts";
import { isReady, type SimWorld } from "./world.ts";

const CONVERGE_MS = 400_000;
const LOOK_MS = 1_000;
const SAMPLE = 100;
const SAMPLE_PAUSE_MS = 20;
const SAMPLE_WAIT_MS = 90_000;
/** The default of scale-to-zero-grace-period, and the ticks in which many pods become none. */
const GRACE_MS = 30_000;
const SCALE_DOWN_MS = 14_000;
const QUIET_MS = 60_000;
const COLLECT_MS = 60_000;
/** What every namespace has, and what tells of the past. */
const STAYS = new Set([`ServiceAccount ${USER_NAMESPACE}/default`, `ConfigMap ${USER_NAMESPACE}/kube-root-ca.crt`]);

/** Lets time pass until `holds`, `withinMs` at most. Answers whether it came true. */
async function until(world: SimWorld, withinMs: number, holds: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < withinMs; waited += LOOK_MS) {
    if (holds()) return true;
    await world.advance(LOOK_MS);
  }
  return holds();
}

function fail(world: SimWorld, what: string): void {
  world.context.violated(what);
  world.context.check();
}

function services(world: SimWorld): KnativeService[] {
  return world.ledger.list<KnativeService>("KnativeService");
}

/** Every Service is Ready for its present generation, and every request has its answer. */
export async function checkConverged(world: SimWorld): Promise<void> {
  const settled = () => services(world).every(isReady) && world.clients.open === 0;
  if (!(await until(world, CONVERGE_MS, settled))) {
    const stuck = services(world).filter((service) => !isReady(service));
    const why = stuck.map(({ metadata, status }) => `${metadata.name}: ${JSON.stringify(status?.conditions)}`);
    fail(world, `did not converge: ${world.clients.open} requests without an answer; ${why.join("; ")}`);
  }
  world.context.note("converged");
}

/** The share of each revision, from the spec alone. */
function wantedShares(service: KnativeService): Map<string, number> {
  const shares = new Map<string, number>();
  const latest = service.status?.latestReadyRevisionName ?? "";
  for (const { revisionName, percent } of service.spec?.traffic ?? [{ percent: 100 }]) {
    const revision = revisionName ?? latest;
    if ((percent ?? 0) > 0) shares.set(revision, (shares.get(revision) ?? 0) + (percent ?? 0));
  }
  return shares;
}

/** A hundred requests to each Service are shared out exactly as its spec says. */
export async function checkPercentages(world: SimWorld): Promise<void> {
  for (const service of services(world)) {
    const owned = world.users.owned.get(service.metadata.name ?? "");
    if (owned === undefined) continue;
    const tally: Tally = new Map();
    for (let sent = 0; sent < SAMPLE; sent++) {
      world.clients.send(owned.target, tally);
      await world.context.clock.advance(SAMPLE_PAUSE_MS);
    }
    if (!(await until(world, SAMPLE_WAIT_MS, () => world.clients.open === 0)))
      fail(world, `${world.clients.open} requests without an answer`);
    const got = sorted(tally);
    const wanted = sorted(wantedShares(service));
    if (got !== wanted) fail(world, `of ${SAMPLE} requests to ${owned.name} went ${got}, the spec says ${wanted}`);
  }
  world.context.note("percentages are as in the specs");
}

function sorted(shares: ReadonlyMap<string, number>): string {
  return [...shares]
    .map(([revision, count]) => `${revision} ${count}`)
    .toSorted()
    .join(", ");
}

/** After silence every revision has the pods that its min-scale asks for, none without one. */
export async function checkZero(world: SimWorld): Promise<void> {
  const revisions = world.ledger.list<Revision>("Revision");
  const windows = revisions.map(({ metadata }) => durationOf(metadata.annotations, "window", 60_000));
  const delays = revisions.map(({ metadata }) => durationOf(metadata.annotations, "scale-down-delay", 0));
  await world.advance(Math.max(0, ...windows) * 2 + Math.max(0, ...delays) + GRACE_MS + SCALE_DOWN_MS);
  for (const revision of world.ledger.list<Revision>("Revision")) {
    const name = revision.metadata.name ?? "";
    const wanted = restingScale(world, revision);
    const deployment = world.ledger.get<Deployment>("Deployment", `${USER_NAMESPACE}/${name}-deployment`);
    const pods = world.ledger.activePods(name);
    if (pods !== wanted) fail(world, `${name} rests at ${pods} pods and ${deployment?.spec?.replicas} replicas, should be ${wanted}`);
  }
  world.context.note("every revision rests");
}

function durationOf(annotations: Readonly<Record<string, string>> | undefined, name: string, byDefaultMs: number): number {
  return parseGoDuration(annotations?.[`autoscaling.knative.dev/${name}`] ?? "") ?? byDefaultMs;
}

/** A revision that no Route names needs no minimum. */
function restingScale(world: SimWorld, { metadata }: Revision): number {
  const service = world.service(metadata.labels?.[SERVICE_LABEL] ?? "");
  const named = (service?.status?.traffic ?? []).some(({ revisionName }) => revisionName === metadata.name);
  return named ? Number(metadata.annotations?.["autoscaling.knative.dev/min-scale"] ?? 0) : 0;
}

/** Nothing is written when nothing happens. */
export async function checkQuiet(world: SimWorld): Promise<void> {
  world.ledger.mark();
  await world.advance(QUIET_MS);
  const busy = [...world.ledger.recent].map(([id, count]) => `${id} ${count} times`);
  if (busy.length > 0) fail(world, `written in ${QUIET_MS / 1000} quiet seconds: ${busy.join(", ")}`);
  world.context.note("no writes at rest");
}

/** Deleted Services leave nothing. */
export async function checkEmpty(world: SimWorld): Promise<void> {
  for (const owned of Array.from(world.users.owned.values())) await world.users.delete(owned);
  const left = () =>
    [...world.ledger.objects]
      .filter(([id, { metadata, kind }]) => metadata.namespace === USER_NAMESPACE && kind !== "Event" && !STAYS.has(id))
      .map(([id]) => id);
  if (!(await until(world, COLLECT_MS, () => left().length === 0))) fail(world, `left behind: ${left().join(", ")}`);
  world.context.note("nothing is left");
}
