import type { Clock, Timer } from "../../../std/clock.ts";
import type { Logger } from "../../../std/logger.ts";
import type { Services } from "./cluster-services.ts";
import { serviceTable, type MachinePorts } from "./service-rules.ts";
import { runProgram } from "./system.ts";

export interface ServiceProxyOptions {
  readonly services: Services;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of its table. */
  readonly name: string;
  readonly bridge: string;
  readonly machine?: MachinePorts;
}

/** Changes within this time are one. */
const GATHER_MS = 20;

/**
 * Keeps the machine's rules for Services' addresses in line with their endpoints.
 *
 * - I1 one change at a time; what comes meanwhile makes another.
 * - I2 rules that are in force already are not written again.
 */
export class ServiceProxy implements AsyncDisposable {
  readonly #options: ServiceProxyOptions;
  readonly #subscription: Disposable;
  #timer: Timer | undefined;
  #work: Promise<void> = Promise.resolve();
  #inForce = "";
  #closed = false;

  constructor(options: ServiceProxyOptions) {
    this.#options = options;
    this.#subscription = options.services.subscribe(() => this.#changed());
    this.#changed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#subscription[Symbol.dispose]();
    this.#timer?.[Symbol.dispose]();
    await this.#work;
  }

  #changed(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = this.#options.clock.setTimer(GATHER_MS, () => {
      this.#timer = undefined;
      this.#work = this.#work.then(() => this.#apply()); // I1
    });
    this.#timer.unref();
  }

  async #apply(): Promise<void> {
    const { services, name, bridge, logger, machine = () => undefined } = this.#options;
    const table = serviceTable(name, services.rules(machine), bridge);
    if (table === this.#inForce || this.#closed) return; // I2
    try {
      await runProgram("nft", ["-f", "-"], table);
      this.#inForce = table;
    } catch (error) {
      logger.warn("addresses of Services do not work in containers", { error });
    }
  }
}
