import { formatKey, type KubeObject } from "../../../api/meta/object.ts";
import type { ResourceCall } from "../http/call.ts";
import type { ListQuery } from "../http/query.ts";
import { matchesFields, parseFieldSelector, selectedName } from "../selectors/field-selector.ts";
import { matchesLabels, parseLabelSelector } from "../selectors/label-selector.ts";

/** Which objects of a kind a list, watch or delete is about. */
export interface Selection {
  /** Key prefix within the kind. */
  readonly prefix: string;
  /** The one key that can match, when the selectors name it. */
  readonly key: string | undefined;
  /** There is a label or field selector. */
  readonly filtered: boolean;
  readonly matches: (object: KubeObject) => boolean;
}

/** @throws ApiError 400 when a selector cannot be read. */
export function selectionOf(call: ResourceCall, query: ListQuery): Selection {
  const { kind, info } = call;
  const labels = parseLabelSelector(query.labelSelector);
  const fields = parseFieldSelector(query.fieldSelector, kind);
  const namespace = kind.namespaced ? info.namespace : "";
  const name = info.name === "" ? selectedName(fields) : info.name;
  return {
    prefix: namespace === "" ? "" : `${namespace}/`,
    key: name === undefined || (kind.namespaced && namespace === "") ? undefined : formatKey({ namespace, name }),
    filtered: labels.length + fields.length > 0,
    matches: (object) =>
      (info.name === "" || object.metadata.name === info.name) &&
      (labels.length === 0 || matchesLabels(labels, object.metadata.labels)) &&
      matchesFields(fields, kind, object),
  };
}
