/**
 * The journal's turns: gathers what all its users have asked, lets the engine do it, answers. Owns the timers: the lazy sync,
 * the maintenance, and the way back after a failed writer (J8).
 */
import type { Clock, Timer } from "../../std/clock.ts";
import { silentLogger, type Logger } from "../../std/logger.ts";
import { DEFAULT_LIMITS, type JournalHealth, type JournalLimits, type OpenFailure } from "./contract.ts";
import type { JournalDisk } from "./disk.ts";
import { JournalEngine, type AnyAnswer, type EngineOptions } from "./engine.ts";
import type { LogTail } from "./log.ts";
import type { OperationName, Request } from "./operations.ts";

export interface HostOptions {
  readonly disk: JournalDisk;
  readonly clock: Clock;
  /** Nobody else may use it; made when it is not there. */
  readonly folder: string;
  readonly limits?: Partial<JournalLimits>;
  readonly logger?: Logger;
  /** Calls back once everything is handled that has arrived: what is asked until then shares a sync. */
  readonly schedule?: (turn: () => void) => void;
}

export interface Call {
  /** 0: no answer is wanted. */
  readonly id: number;
  readonly request: Request;
}

/** What a turn tells a user. */
export interface TurnReport {
  readonly answers: readonly { readonly id: number; readonly answer: AnyAnswer }[];
  /** Streams that grew, with their heads. */
  readonly heads?: ReadonlyMap<string, number>;
  readonly health?: JournalHealth;
  readonly closed?: true;
}

export interface Connection extends Disposable {
  send(calls: readonly Call[]): void;
}

/** The turn does what was asked first. */
export interface JournalHost extends AsyncDisposable {
  /** `report` is called after each turn that concerns this user. Disposing forgets the user and what it waits for. */
  connect(report: (report: TurnReport) => void): Connection;
  /** Takes a turn now instead of when `schedule` says. */
  turn(): void;
}

const MAINTENANCE_MS = 1_000;
/** Beyond it they are forgotten while the writer has failed: their events are delivered again. */
const MAX_UNSYNCED = 100_000;
/** Questions whose answer cannot say `unavailable` wait until the writer is open again. */
const PATIENT: ReadonlySet<OperationName> = new Set<OperationName>([
  "cursor",
  "cursors",
  "streams",
  "listParked",
  "parkedCounts",
  "getParked",
  "history",
]);

/** Locks and reads the journal in `folder`, or makes one there. */
export function openHost(options: HostOptions): { readonly kind: "ok"; readonly host: JournalHost } | OpenFailure {
  const { disk, folder } = options;
  try {
    disk.makeFolder(folder);
    const lock = disk.lock(folder);
    if (lock === undefined) return { kind: "locked", message: `another process has the journal in ${folder}; stop it first` };
    try {
      const opened = LoopHost.open(options, lock);
      if (opened.kind !== "ok") lock[Symbol.dispose]();
      return opened;
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    return { kind: "unavailable", message: `the journal in ${folder} cannot be opened: ${error.message}` };
  }
}

interface Waiting extends Call {
  readonly user: User;
}

interface User {
  readonly report: (report: TurnReport) => void;
}

class LoopHost implements JournalHost {
  readonly #options: EngineOptions;
  readonly #schedule: (turn: () => void) => void;
  readonly #lock: Disposable;
  readonly #users = new Set<User>();
  #engine: JournalEngine;
  #queue: Waiting[] = [];
  #held: Waiting[] = [];
  /** Lazy writes that no sync has covered yet, for the next writer if this one fails. */
  #unsynced: Request[] = [];
  #isScheduled = false;
  #isClosed = false;
  #health: JournalHealth;
  #lazy: Timer | undefined;
  #maintenance: Timer | undefined;
  #reopening: Timer | undefined;

  static open(options: HostOptions, lock: Disposable): { readonly kind: "ok"; readonly host: JournalHost } | OpenFailure {
    const { disk, folder, clock, logger = silentLogger } = options;
    const engineOptions = { disk, folder, clock, logger, limits: { ...DEFAULT_LIMITS, ...options.limits } };
    const engine = JournalEngine.open(engineOptions);
    if (!(engine instanceof JournalEngine)) return engine;
    return { kind: "ok", host: new LoopHost(engineOptions, { engine, lock, schedule: options.schedule ?? setImmediate }) };
  }

  private constructor(options: EngineOptions, parts: { engine: JournalEngine; lock: Disposable; schedule: (turn: () => void) => void }) {
    this.#options = options;
    this.#engine = parts.engine;
    this.#lock = parts.lock;
    this.#schedule = parts.schedule;
    this.#health = parts.engine.health();
    this.#maintain();
  }

  connect(report: (report: TurnReport) => void): Connection {
    const user = { report };
    if (!this.#isClosed) this.#users.add(user);
    report(this.#isClosed ? { answers: [], closed: true } : { answers: [], health: this.#health });
    return {
      send: (calls) => this.#take(calls.map((call) => ({ ...call, user }))),
      [Symbol.dispose]: () => {
        this.#users.delete(user);
        this.#held = this.#held.filter((one) => one.user !== user);
      },
    };
  }

  turn(): void {
    this.#isScheduled = false;
    if (this.#isClosed) return; // the lock is gone
    const calls = this.#queue.splice(0);
    const requests = calls.map((call) => call.request);
    const answers = this.#engine.turn(requests);
    this.#keepUnsynced(requests);
    const answered = new Map<User, { id: number; answer: AnyAnswer }[]>();
    for (const [index, call] of calls.entries()) {
      if (this.#engine.failure !== undefined && PATIENT.has(call.request.op)) this.#held.push(call);
      else if (call.id !== 0) push(answered, call.user, { id: call.id, answer: answers[index] });
    }
    this.#afterTurn(answered);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.turn();
    this.#isClosed = true;
    for (const timer of [this.#lazy, this.#maintenance, this.#reopening]) timer?.[Symbol.dispose]();
    this.#engine.close();
    this.#lock[Symbol.dispose]();
    for (const user of this.#users) user.report({ answers: [], closed: true });
    this.#users.clear();
  }

  #take(calls: readonly Waiting[]): void {
    if (this.#isClosed) return;
    this.#queue.push(...calls);
    if (this.#isScheduled || this.#queue.length === 0) return;
    this.#isScheduled = true;
    this.#schedule(() => {
      if (this.#isScheduled) this.turn();
    });
  }

  #afterTurn(answered: ReadonlyMap<User, TurnReport["answers"]>): void {
    const news = { ...this.#newHeads(), ...this.#newHealth() };
    for (const user of this.#users) {
      const answers = answered.get(user) ?? [];
      if (answers.length > 0 || Object.keys(news).length > 0) user.report({ answers, ...news });
    }
    if (this.#engine.failure !== undefined) this.#reopenLater(this.#engine.failure.cut);
    else if (this.#engine.isDirty) this.#syncLater();
  }

  #keepUnsynced(requests: readonly Request[]): void {
    const isDurable = this.#engine.failure === undefined && !this.#engine.isDirty;
    if (isDurable) this.#unsynced = [];
    else for (const request of requests) if (isLazy(request) && this.#unsynced.length < MAX_UNSYNCED) this.#unsynced.push(request);
  }

  #newHeads(): Pick<TurnReport, "heads"> {
    if (this.#engine.failure !== undefined) return {};
    const heads = this.#engine.takeGrown();
    return heads.size === 0 ? {} : { heads };
  }

  /** Compared every second, and when the writer fails or comes back: it need not be exact in between. */
  #newHealth(isDue = false): Pick<TurnReport, "health"> {
    const hasFailed = this.#engine.failure !== undefined;
    if (!isDue && hasFailed === (this.#health.state === "failed" || this.#health.message !== "")) return {};
    const health = this.#engine.health();
    if (sameHealth(health, this.#health)) return {};
    this.#health = health;
    return { health };
  }

  #syncLater(): void {
    const { clock, limits } = this.#options;
    this.#lazy ??= clock.setTimer(limits.lazySyncMs, () => {
      this.#lazy = undefined;
      this.#engine.syncLazily();
      this.#keepUnsynced([]);
      this.#afterTurn(new Map());
    });
  }

  #maintain(): void {
    this.#maintenance = this.#options.clock.setTimer(MAINTENANCE_MS, () => {
      this.#engine.maintain();
      this.#keepUnsynced([]);
      const news = this.#newHealth(true);
      if (news.health !== undefined) for (const user of this.#users) user.report({ answers: [], ...news });
      this.#afterTurn(new Map());
      this.#maintain();
    });
    this.#maintenance.unref();
  }

  /** J8. */
  #reopenLater(cut: LogTail): void {
    const { clock, limits, logger } = this.#options;
    this.#reopening ??= clock.setTimer(limits.reopenMs, () => {
      this.#reopening = undefined;
      const engine = this.#tryOpen(cut);
      if (engine === undefined) return this.#reopenLater(cut);
      logger.info("the journal's writer is open again");
      this.#engine = engine;
      engine.turn(this.#unsynced);
      this.#take(this.#held.splice(0));
      this.#afterTurn(new Map());
    });
  }

  #tryOpen(cut: LogTail): JournalEngine | undefined {
    try {
      const engine = JournalEngine.open(this.#options, cut);
      return engine instanceof JournalEngine ? engine : undefined;
    } catch (error) {
      this.#options.logger.warn("the journal's writer cannot be opened again yet", { message: String(error) });
      return undefined;
    }
  }
}

function isLazy({ op, ask }: Request): boolean {
  return op === "acknowledge" || (op === "recordAttempt" && ask.attempt.durability === "lazy");
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Sizes change all the time; they are no news. A backlog over its limit is told again until it is not. */
function sameHealth(a: JournalHealth, b: JournalHealth): boolean {
  const text = ({ bytes: _, overBacklog: __, ...rest }: JournalHealth) => JSON.stringify(rest);
  return a.overBacklog.length === 0 && b.overBacklog.length === 0 && text(a) === text(b);
}
