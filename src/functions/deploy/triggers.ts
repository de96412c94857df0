import { triggerKind, type Trigger } from "../../api/eventing/trigger.ts";
import { apiVersionOf } from "../../api/meta/kind.ts";
import { isConflict } from "../../api/meta/errors.ts";
import { keyOf } from "../../api/meta/object.ts";
import { knativeServiceKind, type KnativeService } from "../../api/serving/service.ts";
import type { Client } from "../../client/types.ts";
import { deepEqual } from "../../std/json.ts";
import type { Subscription } from "../project/config.ts";

/** One Trigger for each subscription of func.yaml, owned by the Service. */
export function makeTriggers(service: KnativeService, subscriptions: readonly Subscription[] = []): Trigger[] {
  const { name = "", namespace = "", uid = "" } = service.metadata;
  const owner = { apiVersion: apiVersionOf(knativeServiceKind), kind: knativeServiceKind.kind, name, uid };
  return subscriptions.map(({ source, filters }, index): Trigger => ({
    apiVersion: apiVersionOf(triggerKind),
    kind: triggerKind.kind,
    metadata: { name: triggerName(name, index), namespace, ownerReferences: [owner] },
    spec: {
      broker: source,
      filter: { attributes: { ...filters } },
      subscriber: { ref: { apiVersion: apiVersionOf(knativeServiceKind), kind: knativeServiceKind.kind, name, namespace } },
    },
  }));
}

/**
 * Makes the function's Triggers those of func.yaml: new ones, changed filters (which upstream forgets), and none that is no longer
 * there. The broker of a Trigger cannot change, so such a one is made anew. Resolves with how many were touched.
 */
export async function applyTriggers(client: Client, service: KnativeService, subscriptions: readonly Subscription[] = []): Promise<number> {
  const { name = "", namespace = "" } = service.metadata;
  const desired = makeTriggers(service, subscriptions);
  const mine = new RegExp(`^${name.replaceAll(".", "\\.")}-function-trigger-\\d+$`);
  const { items } = await client.list(triggerKind, { namespace });
  const existing = new Map(
    items.filter(({ metadata }) => mine.test(metadata.name ?? "")).map((trigger) => [trigger.metadata.name ?? "", trigger]),
  );
  let touched = 0;
  for (const trigger of desired) {
    const before = existing.get(trigger.metadata.name ?? "");
    existing.delete(trigger.metadata.name ?? "");
    if (await applyTrigger(client, before, trigger)) touched += 1;
  }
  for (const stale of existing.values()) await client.delete(triggerKind, keyOf(stale));
  return touched + existing.size;
}

async function applyTrigger(client: Client, before: Trigger | undefined, desired: Trigger): Promise<boolean> {
  if (before === undefined) {
    await client.create(triggerKind, desired);
    return true;
  }
  if (before.spec.broker !== desired.spec.broker) {
    await client.delete(triggerKind, keyOf(before));
    await client.create(triggerKind, desired);
    return true;
  }
  const spec = { ...before.spec, filter: desired.spec.filter, subscriber: desired.spec.subscriber };
  if (deepEqual(spec, before.spec)) return false;
  try {
    await client.update(triggerKind, { ...before, spec });
    return true;
  } catch (error) {
    if (!isConflict(error)) throw error;
    return applyTrigger(client, await client.get(triggerKind, keyOf(desired)), desired);
  }
}

function triggerName(service: string, index: number): string {
  return `${service}-function-trigger-${index}`;
}
