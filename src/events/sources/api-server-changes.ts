import type { KubeObject } from "../../api/meta/object.ts";

export type ChangeType = "add" | "update" | "delete";

export interface ObjectChange {
  readonly type: ChangeType;
  readonly object: KubeObject;
}

/** Where the events of an earlier run end. */
export interface ResumePoint {
  /** resourceVersion of the last change that has its event. */
  readonly version: string;
  /** Epoch milliseconds of that event. */
  readonly timeMs: number;
}

/** What was seen of one resource, so that a list after a broken watch tells what happened meanwhile. */
export class SeenObjects {
  readonly #seen = new Map<string, KubeObject>();

  /** What is there already is no change. */
  baseline(items: readonly KubeObject[]): void {
    this.#seen.clear();
    for (const item of items) this.#seen.set(uidOf(item), item);
  }

  /**
   * What an earlier run may have seen: of `items`, those that changed since are known in no version, those made since not at all.
   * What was deleted since cannot be told.
   */
  baselineAt(items: readonly KubeObject[], { version, timeMs }: ResumePoint): void {
    const changed = (item: KubeObject) => Number(versionOf(item)) > Number(version);
    const known = items.filter((item) => !changed(item) || !isMadeSince(item, timeMs));
    this.baseline(known.map((item) => (changed(item) ? { ...item, metadata: { ...item.metadata, resourceVersion: "" } } : item)));
  }

  /** The changes that lead from what was seen to `items`: first what is gone, then by resource version. */
  relisted(items: readonly KubeObject[]): ObjectChange[] {
    const present = new Set(items.map(uidOf));
    const gone = [...this.#seen.values()].filter((object) => !present.has(uidOf(object)));
    const changed = items.flatMap((object): ObjectChange[] => {
      const before = this.#seen.get(uidOf(object));
      if (before === undefined) return [{ type: "add", object }];
      return versionOf(before) === versionOf(object) ? [] : [{ type: "update", object }];
    });
    return [
      ...gone.map((object) => ({ type: "delete" as const, object })),
      ...changed.toSorted((a, b) => Number(versionOf(a.object)) - Number(versionOf(b.object))),
    ];
  }

  apply({ type, object }: ObjectChange): void {
    if (type === "delete") this.#seen.delete(uidOf(object));
    else this.#seen.set(uidOf(object), object);
  }
}

/** Objects know the second in which they were made. */
function isMadeSince({ metadata }: KubeObject, timeMs: number): boolean {
  return Date.parse(metadata.creationTimestamp ?? "") >= Math.floor(timeMs / 1000) * 1000;
}

function uidOf({ metadata }: KubeObject): string {
  return metadata.uid ?? `${metadata.namespace}/${metadata.name}`;
}

function versionOf({ metadata }: KubeObject): string {
  return metadata.resourceVersion ?? "";
}
