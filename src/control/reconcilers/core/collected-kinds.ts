import type { Kind, KindRef } from "../../../api/meta/kind.ts";

/**
 * The kinds whose objects are kept and can be listed, watched and deleted: reviews are only answered. Events own
 * nothing and nothing owns them; of the two views of them one is enough to delete them.
 */
export function collectedKinds(kinds: readonly KindRef[]): readonly KindRef[] {
  return kinds.filter((kind) => {
    const { virtual, verbs } = kind as Partial<Kind>;
    const usable = verbs === undefined || ["list", "watch", "delete"].every((verb) => verbs.includes(verb));
    return virtual !== true && usable && kind.group !== "events.k8s.io";
  });
}

/** Those that can own or be owned. */
export function ownableKinds(kinds: readonly KindRef[]): readonly KindRef[] {
  return collectedKinds(kinds).filter(({ kind, group }) => !(kind === "Event" && group === ""));
}
