import type { Pod } from "../../../../api/k8s/types.generated.ts";
import type { Informer } from "../../../../client/types.ts";
import { isPodTerminal } from "../pods.ts";
import { minus, NOTHING, plus, podRequests, type Amounts } from "./requests.ts";

interface Entry {
  readonly node: string;
  readonly amounts: Amounts;
  /** Bound by us, not yet seen in the cache. */
  readonly assumed: boolean;
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

  used(node: string): Amounts {
    return this.#used.get(node) ?? NOTHING;
  }

  assume(pod: Pod, node: string): void {
    this.#set(uidOf(pod), { node, amounts: podRequests(pod), assumed: true });
  }

  /** The binding did not happen. */
  retract(pod: Pod): void {
    if (this.#entries.get(uidOf(pod))?.assumed === true) this.#drop(uidOf(pod));
  }

  #follow(pod: Pod, deleted: boolean): void {
    const node = pod.spec?.nodeName;
    if (deleted || isPodTerminal(pod)) this.#drop(uidOf(pod));
    else if (node && this.#entries.get(uidOf(pod))?.assumed !== false)
      this.#set(uidOf(pod), { node, amounts: podRequests(pod), assumed: false });
  }

  #set(uid: string, entry: Entry): void {
    const known = this.#entries.get(uid);
    if (known !== undefined) this.#used.set(known.node, minus(this.used(known.node), known.amounts));
    this.#entries.set(uid, entry);
    this.#used.set(entry.node, plus(this.used(entry.node), entry.amounts));
  }

  #drop(uid: string): void {
    const known = this.#entries.get(uid);
    if (known === undefined) return;
    this.#entries.delete(uid);
    this.#used.set(known.node, minus(this.used(known.node), known.amounts));
    this.#released();
  }
}

function uidOf({ metadata }: Pod): string {
  return metadata.uid ?? "";
}
