import { podKind } from "../../../api/core/pod.ts";
import { serviceKind } from "../../../api/core/service.ts";
import type { Pod, Service } from "../../../api/k8s/types.generated.ts";
import { keyOf, type ObjectKey } from "../../../api/meta/object.ts";
import { PORTS_ANNOTATION } from "../../../api/names/kinetic.ts";
import { matchesLabels } from "../../../client/selectors.ts";
import type { Change, Informer, Informers } from "../../../client/types.ts";
import { deepEqual } from "../../../std/json.ts";
import { changeSource, SETTLE_MS, settled, type Timing } from "../../controller/sources.ts";
import type { Source } from "../../controller/types.ts";
import { isPodReady, isPodTerminal } from "./pods.ts";

const PAIRS = "label-pairs";
const SELECTOR = "selector";

/** Finds pods by selector and services by pod without walking through all of a namespace. */
export class ServicePods {
  readonly services: Informer<Service>;
  readonly pods: Informer<Pod>;

  constructor(informers: Informers) {
    this.services = informers.of(serviceKind);
    this.pods = informers.of(podKind);
    this.pods.addIndex(PAIRS, ({ metadata }) => pairs(metadata.namespace, metadata.labels));
    this.services.addIndex(SELECTOR, ({ metadata, spec }) => pairs(metadata.namespace, spec?.selector).slice(0, 1));
  }

  /** Pods that the Service selects and that can have traffic: with an address and not ended. Oldest name first. */
  podsOf({ metadata, spec }: Service): readonly Pod[] {
    const buckets = pairs(metadata.namespace, spec?.selector).map((pair) => this.pods.byIndex(PAIRS, pair));
    const smallest = buckets.toSorted((a, b) => a.length - b.length)[0] ?? [];
    return smallest
      .filter((pod) => matchesLabels(spec?.selector, pod.metadata.labels) && pod.status?.podIP && !isPodTerminal(pod))
      .toSorted((a, b) => ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1));
  }

  servicesOf({ metadata }: Pod): readonly Service[] {
    const candidates = pairs(metadata.namespace, metadata.labels).flatMap((pair) => this.services.byIndex(SELECTOR, pair));
    return candidates.filter(({ spec }) => matchesLabels(spec?.selector, metadata.labels));
  }

  /** Services, and the services of pods whose endpoints changed. `afterMs`: for all but pods that became ready or stopped to be. */
  sources(afterMs = 0): readonly Source[] {
    const pods = changeSource(this.pods, (change) => this.#concerned(change), podTiming(afterMs));
    const services = changeSource(this.services, (change) => (mayHaveEndpoints(change) ? [keyOf(change.object)] : []));
    return [settled(services, afterMs), pods];
  }

  #concerned(change: Change<Pod>): readonly ObjectKey[] {
    if (!change.object.status?.podIP && (change.type !== "updated" || !change.old.status?.podIP)) return [];
    if (change.type !== "updated") return this.servicesOf(change.object).map(keyOf);
    if (deepEqual(facts(change.object), facts(change.old))) return [];
    const now = this.servicesOf(change.object);
    const before = change.object.metadata.labels === change.old.metadata.labels ? [] : this.servicesOf(change.old);
    return [...new Set([...now, ...before])].map(keyOf);
  }
}

/** Endpoints of a Service without selector are somebody else's until it goes. */
function mayHaveEndpoints(change: Change<Service>): boolean {
  if (change.type === "deleted") return true;
  return hasSelector(change.object) || (change.type === "updated" && hasSelector(change.old));
}

function podTiming(afterMs: number): Timing<Pod> {
  return (change) => {
    if (afterMs === 0) return 0;
    return change.type !== "updated" || isPodReady(change.object) === isPodReady(change.old) ? afterMs : SETTLE_MS;
  };
}

export function hasSelector({ spec }: Service): boolean {
  return Object.keys(spec?.selector ?? {}).length > 0 && spec?.type !== "ExternalName";
}

/** What an endpoint is made from: other changes of a pod change no endpoint. */
function facts(pod: Pod): unknown {
  const { metadata, spec, status } = pod;
  const { labels, annotations, deletionTimestamp } = metadata;
  const going = deletionTimestamp !== undefined;
  return [labels, annotations?.[PORTS_ANNOTATION], going, spec?.nodeName, status?.podIP, isPodReady(pod), isPodTerminal(pod)];
}

function pairs(namespace: string | undefined, labels: Readonly<Record<string, string>> | undefined): string[] {
  return Object.keys(labels ?? {})
    .toSorted()
    .map((name) => `${namespace}/${name}=${labels?.[name]}`);
}
