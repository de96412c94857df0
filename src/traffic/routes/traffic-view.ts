/** What the gateway keeps of the objects that it follows: what it reads of them. Most of an object is for others. */
import { endpointSliceKind } from "../../api/discovery/endpoint-slice.ts";
import { secretKind } from "../../api/core/secret.ts";
import { serviceKind } from "../../api/core/service.ts";
import type { EndpointSlice, ObjectMeta, Secret, Service } from "../../api/k8s/types.generated.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { INGRESS_CLASS_ANNOTATION, INGRESS_CLASS_OLD_ANNOTATION, SERVICE_TYPE_LABEL } from "../../api/names/labels.ts";
import { TLS_CERTIFICATE, TLS_KEY } from "../../api/networking-internal/ingress-tls.ts";
import { ingressKind, type Ingress } from "../../api/networking-internal/ingress.ts";
import { startFailureOf } from "../../api/serving/revision-lifecycle.ts";
import { revisionKind, type Revision } from "../../api/serving/revision.ts";
import type { Project } from "../../client/cached-informer.ts";
import { ValuePool } from "../../std/value-pool.ts";
import { SERVICE_NAME_LABEL } from "./backend.ts";

const LABELS = [SERVICE_NAME_LABEL, SERVICE_TYPE_LABEL];
const ANNOTATIONS = [INGRESS_CLASS_ANNOTATION, INGRESS_CLASS_OLD_ANNOTATION];

const views = new Map([
  view<Ingress>(ingressKind, ({ spec }) => ({ spec })),
  view(revisionKind, revisionView),
  view<Service>(serviceKind, ({ spec }) => ({ spec: { ports: spec?.ports, selector: spec?.selector } })),
  view<Secret>(secretKind, ({ data }) => ({ data: picked(data ?? {}, [TLS_CERTIFICATE, TLS_KEY]) })),
  view<EndpointSlice>(endpointSliceKind, ({ endpoints, ports }) => ({ endpoints, ports })),
]);

function view<T extends KubeObject>({ plural }: KindRef, make: (object: T) => object): [string, (object: KubeObject) => object] {
  return [plural, make as (object: KubeObject) => object];
}

/** Makes the views, which share equal values. */
export function trafficViews(): Project {
  const pool = new ValuePool({ strings: 512, values: 256 });
  return <T extends KubeObject>(kind: KindRef<T>, object: T): T => {
    const content = views.get(kind.plural)?.(object) ?? object;
    return pool.settle({ ...content, metadata: metadataView(object.metadata) } as T, ["metadata"]);
  };
}

function metadataView({ name, namespace, uid, resourceVersion, creationTimestamp, labels, annotations }: ObjectMeta): ObjectMeta {
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    creationTimestamp,
    ...(labels === undefined ? {} : { labels: picked(labels, LABELS) }),
    ...(annotations === undefined ? {} : { annotations: picked(annotations, ANNOTATIONS) }),
  };
}

function picked(from: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}

function revisionView({ spec, status }: Revision): object {
  const containers = (spec?.containers ?? []).filter(({ ports }) => ports !== undefined).map(({ name, ports }) => ({ name, ports }));
  return {
    spec: {
      containers,
      containerConcurrency: spec?.containerConcurrency,
      timeoutSeconds: spec?.timeoutSeconds,
      responseStartTimeoutSeconds: spec?.responseStartTimeoutSeconds,
      idleTimeoutSeconds: spec?.idleTimeoutSeconds,
    },
    ...(startFailureOf(status?.conditions) === undefined ? {} : { status: { conditions: status?.conditions } }),
  };
}
