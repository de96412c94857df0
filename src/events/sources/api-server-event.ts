import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import type { CloudEvent } from "../../api/cloudevents/event.ts";
import type { ObjectChange } from "./api-server-changes.ts";
import { attributesOf } from "./emitter.ts";

export type ApiServerMode = "Reference" | "Resource";

export interface EventParts {
  readonly change: ObjectChange;
  readonly kind: KindRef;
  readonly mode: ApiServerMode;
  /** URL of the API server. */
  readonly source: string;
  readonly nowMs: number;
}

/** The event of one change. Its id is that of the change, so that one sent twice is recognised. */
export function apiServerEvent({ change, kind, mode, source, nowMs }: EventParts): CloudEvent {
  const { type, object } = change;
  const { namespace, name = "", uid = "", resourceVersion = "" } = object.metadata;
  const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  const attributes = attributesOf({
    specversion: "1.0",
    id: `${uid}.${resourceVersion}.${type}`,
    source,
    type: `dev.knative.apiserver.${mode === "Resource" ? "resource" : "ref"}.${type}`,
    subject: `/apis/${apiVersion}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${kind.plural}/${name}`,
    time: new Date(nowMs).toISOString(),
    datacontenttype: "application/json",
    kind: kind.kind,
    apiversion: apiVersion,
    name,
    namespace,
  });
  const body = mode === "Resource" ? { ...object, apiVersion, kind: kind.kind } : reference(object, apiVersion, kind.kind);
  return { attributes, data: new TextEncoder().encode(JSON.stringify(body)) };
}

function reference({ metadata: { namespace, name } }: KubeObject, apiVersion: string, kind: string): object {
  return { kind, namespace, name, apiVersion };
}
