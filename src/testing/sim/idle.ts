import { USER_NAMESPACE } from "./control-plane.ts";
import type { SimContext } from "./context.ts";
import type { Faults } from "./faults.ts";
import type { SimGateway } from "./gateway.ts";
import type { Ledger } from "./ledger.ts";
import type { SimNode } from "./node.ts";

/** How long it may take from a ready instance to the gateway that uses it, milliseconds. */
const TOLD_WITHIN_MS = 500;
/** The same while calls fail and watches break. */
const TOLD_WITHIN_WITH_FAULTS_MS = 20_000;

interface Parts {
  readonly node: SimNode;
  readonly gateway: SimGateway;
  readonly faults: Faults;
  readonly ledger: Ledger;
}

/** No request waits while an instance that could take it is ready and has room. */
export class Idle {
  readonly #context: SimContext;
  readonly #parts: Parts;
  #calmSince = 0;

  constructor(context: SimContext, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  check(): void {
    const { node, gateway, faults, ledger } = this.#parts;
    const now = this.#context.clock.now();
    if (faults.active) this.#calmSince = now + TOLD_WITHIN_WITH_FAULTS_MS;
    const allowed = now < this.#calmSince ? TOLD_WITHIN_WITH_FAULTS_MS : TOLD_WITHIN_MS;
    for (const pod of node.pods) {
      if (pod.ending || pod.readySince === undefined || pod.pod.metadata.deletionTimestamp !== undefined) continue;
      if (now - pod.readySince < allowed || pod.program?.hasRoom !== true) continue;
      const revision = `${USER_NAMESPACE}/${pod.revision}`;
      const waiting = gateway.dispatchers.get(revision)?.waiting ?? 0;
      const found = ledger.get("Revision", revision);
      if (found === undefined || found.metadata.deletionTimestamp !== undefined) continue; // deleted: its requests may fail
      if (waiting > 0) this.#context.violated(`${waiting} requests wait for ${pod.revision} while pod ${pod.name} has room`);
    }
  }
}
