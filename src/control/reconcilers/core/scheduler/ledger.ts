import type { Pod } from "../../../../api/k8s/types.generated.ts";
import type { Informer } from "../../../../client/types.ts";
import { isPodTerminal } from "../pods.ts";
import { minus, NOTHING, plus, podRequests, type Amounts } from "./requests.ts";

interface Entry {
  readonly node: string;
  readonly amounts: Amounts;
  /** `assumed`: we have decided. `bound`: the server has taken it. `seen`: the cache shows it. */
  readonly state: "assumed" | "bound" | "seen";
}

/**
 * What is used on each node, kept with every change of a pod. A pod counts from the moment in which we decide for a
 * node, before its binding comes back through the watch, so that decisions in one turn see each other.
 */
export class NodeLedger {
  readonly #entries = new Map<string, Entry>();
  readonly #used = new Map<string, Amounts>();
  readonly #released: () => void;

  /** `released` is called when a node has got room. */
  constructor(pods: Informer<Pod>, released: () => void) {
    this.#released = released;
    pods.subscribe(({ type, object }) => this.#follow(object, type === "deleted"));
  }

  /** What others than this pod use: after a binding that failed its own decision stands, and must not be in its way. */
  usedByOthers(node: string, pod: Pod): Amounts {
    const used = this.#usedOn(node);
    const own = this.#entries.get(uidOf(pod));
    return own?.node === node ? minus(used, own.amounts) : used;
  }

  /** The decision holds until the cache shows the pod bound, or gone: a failed try frees nothing and wakes nobody. */
  assume(pod: Pod, node: string): void {
    this.#set(uidOf(pod), { node, amounts: podRequests(pod), state: "assumed" });
  }

  /** The server has taken the binding; the cache will show it. */
  bound(pod: Pod): void {
    const entry = this.#entries.get(uidOf(pod));
    if (entry?.state === "assumed") this.#entries.set(uidOf(pod), { ...entry, state: "bound" });
  }

  isBound(pod: Pod): boolean {
    return this.#entries.get(uidOf(pod))?.state === "bound";
  }

  #follow(pod: Pod, deleted: boolean): void {
    const node = pod.spec?.nodeName;
    if (deleted || isPodTerminal(pod)) this.#drop(uidOf(pod));
    else if (node && this.#entries.get(uidOf(pod))?.state !== "seen")
      this.#set(uidOf(pod), { node, amounts: podRequests(pod), state: "seen" });
  }

  #set(uid: string, entry: Entry): void {
    const known = this.#entries.get(uid);
    if (known !== undefined) this.#used.set(known.node, minus(this.#usedOn(known.node), known.amounts));
    this.#entries.set(uid, entry);
    this.#used.set(entry.node, plus(this.#usedOn(entry.node), entry.amounts));
  }

  #drop(uid: string): void {
    const known = this.#entries.get(uid);
    if (known === undefined) return;
    this.#entries.delete(uid);
    this.#used.set(known.node, minus(this.#usedOn(known.node), known.amounts));
    this.#released();
  }

  #usedOn(node: string): Amounts {
    return this.#used.get(node) ?? NOTHING;
  }
}

function uidOf({ metadata }: Pod): string {
  return metadata.uid ?? "";
}
