import { apiVersionOf, type KindRef } from "../../../../api/meta/kind.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import type { SinkBinding } from "../../../../api/sources/sink-binding.ts";
import { isSubject } from "../../../../api/sources/sink-injection.ts";
import type { Informer, Informers } from "../../../../client/types.ts";
import type { Enqueue, Source } from "../../../controller/types.ts";

/** Wakes bindings when a workload comes or changes that is their subject. Kinds are followed from their first mention on. */
export class SubjectSource implements Source {
  readonly #informers: Informers;
  readonly #bindings: Informer<SinkBinding>;
  readonly #followed = new Map<string, Disposable>();
  #enqueue: Enqueue | undefined;

  constructor(informers: Informers, bindings: Informer<SinkBinding>) {
    this.#informers = informers;
    this.#bindings = bindings;
  }

  start(enqueue: Enqueue): Disposable {
    this.#enqueue = enqueue;
    return {
      [Symbol.dispose]: () => {
        this.#enqueue = undefined;
        for (const subscription of this.#followed.values()) subscription[Symbol.dispose]();
        this.#followed.clear();
      },
    };
  }

  follow(kind: KindRef): void {
    const id = `${apiVersionOf(kind)} ${kind.kind}`;
    if (this.#followed.has(id)) return;
    const subscription = this.#informers.of(kind).subscribe(({ object }) => {
      for (const binding of this.#bindings.list(object.metadata.namespace)) {
        if (isSubject(binding.spec.subject, kind, object)) this.#enqueue?.(keyOf(binding));
      }
    });
    this.#followed.set(id, subscription);
  }
}
