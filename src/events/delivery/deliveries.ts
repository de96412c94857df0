import type { CursorKey, Journal } from "../journal/contract.ts";
import { SubscriptionDelivery, type DeliveryState, type DeliveryWorld } from "./subscription-delivery.ts";
import type { Subscription } from "./subscription.ts";

export interface DeliveriesWorld extends DeliveryWorld {
  readonly journal: DeliveryWorld["journal"] & Pick<Journal, "watch" | "onHealth">;
}

/** Runs one delivery for each subscription that is wanted. */
export class Deliveries implements AsyncDisposable {
  readonly #world: DeliveriesWorld;
  readonly #running = new Map<string, { subscription: Subscription; readonly delivery: SubscriptionDelivery }>();
  readonly #ending = new Set<Promise<void>>();
  readonly #watches = new DisposableStack();

  constructor(world: DeliveriesWorld) {
    this.#world = world;
    this.#watches.use(world.journal.watch((heads) => this.#wake((stream) => heads.has(stream))));
    this.#watches.use(
      world.journal.onHealth(({ overBacklog, state }) => {
        for (const { cursor, backlog, limit } of overBacklog) void this.#of(cursor)?.parkOldest(backlog - limit);
        if (state === "open") this.#wake(() => true);
      }),
    );
  }

  /** From now on exactly these. Cursors must exist. */
  apply(subscriptions: Iterable<Subscription>): void {
    const wanted = new Map([...subscriptions].map((subscription) => [keyText(subscription.cursor), subscription]));
    for (const [key, { subscription, delivery }] of this.#running) {
      const next = wanted.get(key);
      if (next?.order === subscription.order) continue;
      this.#running.delete(key);
      const end = delivery[Symbol.asyncDispose]().finally(() => this.#ending.delete(end));
      this.#ending.add(end);
    }
    for (const [key, subscription] of wanted) this.#put(key, subscription);
  }

  state(cursor: CursorKey): DeliveryState | undefined {
    return this.#of(cursor)?.state();
  }

  /** Parked items of this cursor were changed. */
  async parkedChanged(cursor: CursorKey): Promise<void> {
    await this.#of(cursor)?.parkedChanged();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watches[Symbol.dispose]();
    this.apply([]);
    await Promise.all(this.#ending);
  }

  #put(key: string, subscription: Subscription): void {
    const known = this.#running.get(key);
    if (known === undefined) {
      this.#running.set(key, { subscription, delivery: new SubscriptionDelivery(this.#world, subscription) });
    } else if (known.subscription !== subscription) {
      known.subscription = subscription;
      known.delivery.update(subscription);
    }
  }

  #of(cursor: CursorKey): SubscriptionDelivery | undefined {
    return this.#running.get(keyText(cursor))?.delivery;
  }

  #wake(isMeant: (stream: string) => boolean): void {
    for (const { subscription, delivery } of this.#running.values()) if (isMeant(subscription.cursor.stream)) delivery.wake();
  }
}

function keyText({ stream, reader }: CursorKey): string {
  return `${stream}/${reader}`;
}
