import { union } from "./fields-v1.ts";
import { identityOf, seconds, type Manager, type Managers } from "./managers.ts";

/** More entries by updaters than this are merged, the oldest first. */
const MAX_UPDATERS = 10;
const BUCKET_NAME = "ancient-changes";

/** Merges the oldest updaters of one version into a bucket until there are at most ten entries of updaters. */
export function capUpdaters(managers: Managers): void {
  if (managers.size <= MAX_UPDATERS) return;
  const updaters = [...managers].filter(([, manager]) => manager.operation === "Update");
  let surplus = updaters.length - MAX_UPDATERS;
  if (surplus <= 0) return;
  updaters.sort(([idA, a], [idB, b]) => seconds(a.time) - seconds(b.time) || (idA < idB ? -1 : 1));
  const firstOfVersion = new Map<string, string>();
  for (const [id, manager] of updaters) {
    if (surplus <= 0) return;
    const first = firstOfVersion.get(manager.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(manager.apiVersion, id);
      continue;
    }
    pour(managers, first, manager);
    managers.delete(id);
    surplus--;
  }
}

function pour(managers: Managers, first: string, manager: Manager): void {
  const bucket: Manager = { ...manager, name: BUCKET_NAME, operation: "Update", subresource: "" };
  const id = identityOf(bucket);
  const before = managers.get(id) ?? managers.get(first);
  if (!managers.has(id)) managers.delete(first);
  managers.set(id, { ...bucket, fields: union(manager.fields, before?.fields ?? {}) });
}
