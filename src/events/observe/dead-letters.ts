import { apiError, badRequest, notFound } from "../../api/meta/errors.ts";
import { DEAD_LETTER_LABELS, deadLetterKind, EDIT_OF_ATTRIBUTE, type DeadLetter } from "../../api/observe/dead-letter.ts";
import { OBSERVE_API_VERSION, type EventJson } from "../../api/observe/group.ts";
import { rfc3339 } from "../../std/clock.ts";
import type { ParkedId, ParkedItem, ParkedRead } from "../journal/contract.ts";
import { eventJson, eventOfJson, withoutData } from "./event-json.ts";
import { labelMatcher, type Matches } from "./selector.ts";
import type { ObserveWorld } from "./world.ts";

const SCAN = 1000;
const DEFAULT_LIMIT = 500;

export interface DeadLetterQuery {
  /** undefined: of all namespaces. */
  readonly namespace: string | undefined;
  readonly labelSelector: string | null;
  readonly limit: number;
  readonly after: ParkedId;
}

/** What the API calls `deadletters`: the parked items of the journal. */
export class DeadLetters {
  readonly #world: ObserveWorld;

  constructor(world: ObserveWorld) {
    this.#world = world;
  }

  /** `continue` is there when there are more. */
  async list(query: DeadLetterQuery): Promise<{ readonly items: readonly DeadLetter[]; readonly continue?: string }> {
    const limit = Math.min(query.limit > 0 ? query.limit : DEFAULT_LIMIT, DEFAULT_LIMIT);
    const items: DeadLetter[] = [];
    for await (const item of this.matching(query)) {
      if (items.length === limit) return { items, continue: items.at(-1)?.metadata.name ?? "" };
      const object = objectOf(await this.#world.journal.getParked(item.id));
      if (object !== undefined) items.push({ ...object, spec: { event: withoutData(object.spec.event) } });
    }
    return { items };
  }

  /** Oldest first, without reading payloads. @throws ApiError 400 */
  async *matching({ namespace, labelSelector, after }: Omit<DeadLetterQuery, "limit">): AsyncGenerator<ParkedItem> {
    const matches: Matches = labelMatcher(labelSelector) ?? (() => true);
    for (let last = after; ;) {
      const page = await this.#world.journal.listParked({ after: last, limit: SCAN });
      for (const item of page) if (isOf(item, namespace) && matches(labelsOf(item))) yield item;
      if (page.length < SCAN) return;
      last = page.at(-1)?.id ?? last;
    }
  }

  /** @throws ApiError 404 */
  async get(namespace: string, name: string): Promise<{ readonly item: ParkedItem; readonly object: DeadLetter }> {
    const read = await this.#world.journal.getParked(idOf(name) ?? -1);
    const object = objectOf(read);
    if (read.kind === "missing" || object === undefined || !isOf(read.item, namespace)) throw notFound(deadLetterKind, name);
    return { item: read.item, object };
  }

  /** Parks a changed copy; the original stays. Answers the copy. @throws ApiError 400, 404, 413, 503 */
  async edit(namespace: string, name: string, body: unknown): Promise<DeadLetter> {
    const { item } = await this.get(namespace, name);
    const event = eventOfJson((body as Partial<DeadLetter> | null)?.spec?.event);
    const edited = { ...event, attributes: { ...event.attributes, [EDIT_OF_ATTRIBUTE]: name } };
    const result = await this.#world.journal.editParked(item.id, edited);
    if (result.kind === "missing") throw notFound(deadLetterKind, name);
    if (result.kind === "too-large") throw apiError("RequestEntityTooLarge", `the event is over the limit of ${result.limitBytes} bytes`);
    if (result.kind !== "ok") throw apiError("ServiceUnavailable", result.message);
    return (await this.get(namespace, String(result.id))).object;
  }

  /** @throws ApiError 503 */
  async purge(items: readonly ParkedItem[]): Promise<void> {
    if (items.length === 0) return;
    const result = await this.#world.journal.resolveParked(
      items.map(({ id }) => id),
      "purged",
    );
    if (result.kind !== "ok") throw apiError("ServiceUnavailable", result.message);
    await this.changed(items);
  }

  /** Deliveries that wait for these items look again. */
  async changed(items: readonly ParkedItem[]): Promise<void> {
    const cursors = new Map(items.map(({ cursor }) => [`${cursor.stream}/${cursor.reader}`, cursor]));
    for (const cursor of cursors.values()) await this.#world.deliveries.parkedChanged(cursor);
  }

  /** @throws ApiError 400 without a selector: nobody purges everything by accident. */
  async purgeSelected(query: Omit<DeadLetterQuery, "limit" | "after">, dryRun: boolean): Promise<readonly ParkedItem[]> {
    if (labelMatcher(query.labelSelector) === undefined)
      throw badRequest("purging needs a labelSelector, e.g. eventing.knative.dev/trigger=NAME");
    const items = await Array.fromAsync(this.matching({ ...query, after: 0 }));
    if (!dryRun) await this.purge(items);
    return items;
  }
}

export function idOf(name: string): ParkedId | undefined {
  return /^\d{1,15}$/.test(name) ? Number(name) : undefined;
}

function isOf({ description }: ParkedItem, namespace: string | undefined): boolean {
  return namespace === undefined || (description.namespace ?? "") === namespace;
}

function labelsOf({ description, reason }: ParkedItem): Record<string, string> {
  return {
    [DEAD_LETTER_LABELS.trigger]: labelValue(description.trigger),
    ...(description.broker === undefined ? {} : { [DEAD_LETTER_LABELS.broker]: description.broker }),
    [DEAD_LETTER_LABELS.reason]: reason,
  };
}

/** `pingsource/NAME` as a label may say it. */
function labelValue(trigger = ""): string {
  return trigger.replaceAll("/", ".");
}

function objectOf(read: ParkedRead): DeadLetter | undefined {
  if (read.kind === "missing") return undefined;
  const { item } = read;
  const event: EventJson = read.kind === "ok" ? eventJson(read.event) : {};
  const unreadable = read.kind === "ok" ? {} : { unreadable: read.gap.message };
  const { description, reason, message, status, destination, attempts, redrives, editOf } = item;
  return {
    apiVersion: OBSERVE_API_VERSION,
    kind: deadLetterKind.kind,
    metadata: {
      name: String(item.id),
      namespace: description.namespace ?? "",
      uid: `${item.cursor.stream}-${item.id}`,
      creationTimestamp: rfc3339(item.parkedAtMs),
      labels: labelsOf(item),
    },
    spec: { event },
    status: {
      trigger: description.trigger ?? "",
      ...(description.broker === undefined ? {} : { broker: description.broker }),
      reason,
      ...(message === undefined ? {} : { message }),
      ...(status === undefined ? {} : { httpStatus: status }),
      ...(destination === undefined ? {} : { destination }),
      attempts,
      redrives,
      ...(editOf === undefined ? {} : { editOf: String(editOf) }),
      ...unreadable,
    },
  };
}
