import type { Revision } from "../../../../api/serving/revision.ts";
import { CONFIGURATION_GENERATION_LABEL } from "../../../../api/names/labels.ts";
import { isReady } from "../shared/conditions.ts";

/** The generation of the Configuration that a revision was made from. */
export function generationOf(revision: Revision): number {
  return Number(revision.metadata.labels?.[CONFIGURATION_GENERATION_LABEL] ?? 0);
}

/**
 * The revision that counts as latest ready: the newest ready one that is no older than the present one. A present one
 * that is not ready for the moment keeps its place; one that was deleted is followed by the newest that is left.
 */
export function latestReady(revisions: readonly Revision[], present: string | undefined): Revision | undefined {
  const holder = revisions.find(({ metadata }) => metadata.name === present);
  const floor = holder === undefined ? 0 : generationOf(holder);
  const [newest] = revisions
    .filter((revision) => isReady(revision) && generationOf(revision) >= floor)
    .toSorted((a, b) => generationOf(b) - generationOf(a));
  return newest ?? holder;
}
