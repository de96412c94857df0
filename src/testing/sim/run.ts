import { checkConverged, checkEmpty, checkPercentages, checkQuiet, checkZero } from "./end.ts";
import { randomPattern } from "./clients.ts";
import { between } from "./context.ts";
import { SimWorld, type Defect } from "./world.ts";

export interface SimOptions {
  readonly seed: number;
  /** Steps with users, clients and faults before the end game. */
  readonly steps?: number;
  readonly defect?: Defect;
  /** The trace tells of every write of the store. */
  readonly verbose?: boolean;
}

export interface SimReport {
  readonly trace: readonly string[];
  readonly simulatedMs: number;
  readonly requests: number;
  readonly writes: number;
}

const STEPS = 24;

/**
 * Runs one seed: some steps of everything at once, then faults stop and the world must come to rest, be right, go to
 * zero and leave nothing behind.
 *
 * @throws SimulationError that names the seed, the step and the broken invariant; `onTrace` hears the trace either way.
 */
export async function simulate(options: SimOptions, onTrace?: (trace: readonly string[]) => void): Promise<SimReport> {
  const { seed, steps = STEPS, defect, verbose = false } = options;
  const world = new SimWorld(seed, defect);
  world.context.steps = steps;
  world.ledger.verbose = verbose;
  try {
    await world.start();
    for (let step = 1; step <= steps; step++) await takeStep(world, step);
    await endGame(world);
  } finally {
    onTrace?.(world.context.trace);
    await world.dispose();
  }
  const { context, clients, ledger } = world;
  return { trace: context.trace, simulatedMs: context.elapsedMs, requests: clients.sent, writes: ledger.writes };
}

async function takeStep(world: SimWorld, step: number): Promise<void> {
  world.context.step = step;
  const random = world.context.stream(`step ${step}`);
  await (step <= 2 ? world.users.create() : act(world, random()));
  world.welcome();
  await world.advance(between(random, 50, 6_000));
}

async function act(world: SimWorld, chance: number): Promise<void> {
  const { users, plane, node, context } = world;
  const { faults } = plane;
  if (chance < 0.1) return users.edit();
  if (chance < 0.2) return users.split();
  if (chance < 0.26) return users.minScale();
  if (chance < 0.3) return users.remove();
  if (chance < 0.36) return users.create();
  if (chance < 0.46) return context.note(`node: crashed ${node.crashOne() ?? "nothing"}`);
  if (chance < 0.54) return world.restartControllers();
  if (chance < 0.59) return world.restartServer();
  if (chance < 0.67) return context.note(`network: ${faults.breakWatches()} watches broke`);
  if (chance < 0.77) return setFaults(world);
  return changePatterns(world);
}

function setFaults({ plane: { faults }, node, context }: SimWorld): void {
  const random = context.stream(`faults ${context.step}`);
  faults.rate = random() < 0.3 ? 0 : random() * 0.2;
  faults.watchLagMs = random() < 0.6 ? 0 : between(random, 5, 300);
  node.slowStarts = random() < 0.5 ? 0 : 0.3;
  context.note(`faults: ${faults.rate.toFixed(2)} of calls, watches lag ${faults.watchLagMs} ms, ${node.slowStarts} of starts slow`);
}

function changePatterns({ users, clients, context }: SimWorld): void {
  const random = context.stream(`patterns ${context.step}`);
  for (const owned of users.owned.values()) {
    if (!owned.open) continue;
    const pattern = randomPattern(random);
    context.note(`clients of ${owned.name}: ${JSON.stringify(pattern)}`);
    clients.follow(owned.target, pattern);
  }
}

async function endGame(world: SimWorld): Promise<void> {
  const { plane, node, clients, context } = world;
  plane.faults.stop();
  node.slowStarts = 0;
  clients.silence();
  context.note("faults stop, clients are silent");
  await checkConverged(world);
  await checkPercentages(world);
  await checkZero(world);
  await checkQuiet(world);
  await checkEmpty(world);
}
