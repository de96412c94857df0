import { isConflict } from "../../api/meta/errors.ts";
import { knativeServiceKind, type KnativeService } from "../../api/serving/service.ts";
import type { Client } from "../../client/types.ts";
import { mergeService } from "./service.ts";

export interface Applied {
  readonly kind: "created" | "updated";
  readonly service: KnativeService;
}

/** Others write the same object: its status alone changes often while a revision comes up. */
const TRIES = 5;

/** Creates the Service, or updates the one that is there. */
export async function applyService(client: Client, desired: KnativeService): Promise<Applied> {
  const { name = "", namespace = "" } = desired.metadata;
  for (let tries = 1; ; tries++) {
    const existing = await client.get(knativeServiceKind, { namespace, name });
    if (existing === undefined) return { kind: "created", service: await client.create(knativeServiceKind, desired) };
    try {
      return { kind: "updated", service: await client.update(knativeServiceKind, mergeService(existing, desired)) };
    } catch (error) {
      if (!isConflict(error) || tries === TRIES) throw error;
    }
  }
}
