import type { KubeObject } from "../../../api/meta/object.ts";
import { BINDING_EXCLUDE_LABEL } from "../../../api/names/eventing.ts";
import type { SinkBinding } from "../../../api/sources/sink-binding.ts";
import { injectSink, isSubject, podSpecOf } from "../../../api/sources/sink-injection.ts";
import type { AdmissionPlugin, Write } from "./admission.ts";

export interface SinkBindings {
  /** Those of a namespace. */
  bindings(namespace: string): readonly SinkBinding[];
  /** Labels of a Namespace. */
  namespaceLabels(name: string): Readonly<Record<string, string>> | undefined;
}

/** Gives workloads the sink that a SinkBinding has for them, so that no Pod starts without it. */
export class SinkInjection implements AdmissionPlugin {
  readonly #known: SinkBindings;

  constructor(known: SinkBindings) {
    this.#known = known;
  }

  admit(draft: KubeObject, { kind, namespace, subresource }: Write): undefined {
    if (subresource !== "" || namespace === "") return;
    const bindings = this.#known.bindings(namespace);
    if (bindings.length === 0) return;
    const spec = podSpecOf(draft);
    if (spec === undefined || this.#known.namespaceLabels(namespace)?.[BINDING_EXCLUDE_LABEL] === "true") return;
    const binding = bindings.find(
      ({ metadata, spec: { subject }, status }) =>
        metadata.deletionTimestamp === undefined && status?.sinkUri !== undefined && isSubject(subject, kind, draft),
    );
    if (binding !== undefined) injectSink(spec, binding);
  }
}
