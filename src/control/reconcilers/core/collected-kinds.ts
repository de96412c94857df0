import type { Kind, KindRef } from "../../../api/meta/kind.ts";

/**
 * The kinds whose objects are kept and can be listed, watched and deleted: reviews are only answered. Of
 * several views of the same objects the one that they are stored as is enough.
 */
export function collectedKinds(kinds: readonly KindRef[]): readonly KindRef[] {
  return kinds.filter((kind) => {
    const { virtual, verbs, storedAs } = kind as Partial<Kind>;
    const usable = verbs === undefined || ["list", "watch", "delete"].every((verb) => verbs.includes(verb));
    return virtual !== true && usable && storedAs === undefined;
  });
}

/** Those that can own or be owned: Events own nothing, and nothing owns them. */
export function ownableKinds(kinds: readonly KindRef[]): readonly KindRef[] {
  return collectedKinds(kinds).filter(({ kind, group }) => !(kind === "Event" && group === ""));
}
