import { nodeKind } from "../../../../api/core/node.ts";
import { podKind } from "../../../../api/core/pod.ts";
import type { Node, Pod } from "../../../../api/k8s/types.generated.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import type { Change } from "../../../../client/types.ts";
import { deepEqual } from "../../../../std/json.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource } from "../../../controller/sources.ts";
import type { Controller, Source } from "../../../controller/types.ts";
import { NodeLedger } from "./ledger.ts";
import { isUnscheduled, reconcilePod } from "./reconcile.ts";

const UNSCHEDULED = "unscheduled";

/** Binds pods to nodes. Each pod is decided alone, as soon as it appears. */
export function schedulerController(deps: ControllerDeps): Controller {
  const pods = deps.informers.of(podKind);
  const nodes = deps.informers.of(nodeKind);
  pods.addIndex(UNSCHEDULED, (pod) => (isUnscheduled(pod) ? [""] : []));
  const waiting = (): ObjectKey[] => pods.byIndex(UNSCHEDULED, "").map(keyOf);
  const freed = new Signal(waiting);
  const ledger = new NodeLedger(pods, () => freed.fire());
  const world = { client: deps.client, clock: deps.clock, recorder: deps.recorder("default-scheduler"), pods, nodes, ledger };
  const unscheduled = changeSource(pods, (change) => (isNews(change) ? [keyOf(change.object)] : []));
  const changedNodes = changeSource(nodes, (change) => (offersMore(change) ? waiting() : []));
  return {
    name: "default-scheduler",
    sources: [unscheduled, changedNodes, freed],
    concurrency: 64,
    reconcile: (key) => reconcilePod(world, key),
  };
}

/** A source that wakes all waiting pods when it fires. */
class Signal implements Source {
  readonly #waiting: () => readonly ObjectKey[];
  #enqueue: ((key: ObjectKey) => void) | undefined;

  constructor(waiting: () => readonly ObjectKey[]) {
    this.#waiting = waiting;
  }

  start(enqueue: (key: ObjectKey) => void): Disposable {
    this.#enqueue = enqueue;
    return { [Symbol.dispose]: () => void (this.#enqueue = undefined) };
  }

  fire(): void {
    for (const key of this.#waiting()) this.#enqueue?.(key);
  }
}

/** Our own note on the Pod wakes nobody. */
function isNews(change: Change<Pod>): boolean {
  if (change.type === "deleted" || !isUnscheduled(change.object)) return false;
  return change.type === "added" || !deepEqual(change.object.spec, change.old.spec);
}

/** Heartbeats of a node change nothing for pods that wait. */
function offersMore(change: Change<Node>): boolean {
  if (change.type === "deleted") return false;
  if (change.type === "added") return true;
  const facts = ({ spec, status, metadata }: Node) => [spec, status?.allocatable, metadata.labels];
  return !deepEqual(facts(change.object), facts(change.old));
}
