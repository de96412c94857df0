import { deepEqual } from "../../std/json.ts";
import type { EventType } from "./event-type.ts";
import type { EventAttribute, EventTypeV1Beta3, EventTypeV1Beta3Spec } from "./event-type-v1beta3.ts";

/** On a stored EventType: JSON of what v1beta3 says and v1beta2 cannot. Nobody sees it. */
const KEPT_ANNOTATION = "kinetic.dev/eventtype-v1beta3";

type Kept = Pick<EventTypeV1Beta3Spec, "attributes" | "variables">;

export function attributeValue(attributes: readonly EventAttribute[] | undefined, name: string): string | undefined {
  return attributes?.find((attribute) => attribute.name === name)?.value;
}

export function eventTypeToV1Beta3(stored: EventType): EventTypeV1Beta3 {
  const { [KEPT_ANNOTATION]: kept, ...annotations } = stored.metadata.annotations ?? {};
  const { description, reference, broker } = stored.spec ?? {};
  const own = kept === undefined ? { attributes: attributesOf(stored) } : (JSON.parse(kept) as Kept);
  return {
    ...stored,
    apiVersion: "eventing.knative.dev/v1beta3",
    metadata: kept === undefined ? stored.metadata : withAnnotations(stored.metadata, annotations),
    spec: {
      ...own,
      ...(description === undefined ? {} : { description }),
      ...referenceOf(reference, broker),
    },
  };
}

export function eventTypeFromV1Beta3(object: EventTypeV1Beta3): EventType {
  const { attributes, variables, description, reference } = object.spec ?? {};
  const stored: EventType = {
    ...object,
    apiVersion: "eventing.knative.dev/v1beta2",
    spec: {
      ...member("type", attributeValue(attributes, "type")),
      ...member("source", attributeValue(attributes, "source")),
      ...member("schema", attributeValue(attributes, "dataschema")),
      ...(description === undefined ? {} : { description }),
      ...(reference === undefined ? {} : { reference }),
    },
  };
  const derivable = deepEqual(attributesOf(stored), attributes ?? []) && variables === undefined;
  if (derivable) return stored;
  const kept = JSON.stringify({ attributes, variables } satisfies Kept);
  return { ...stored, metadata: withAnnotations(stored.metadata, { ...stored.metadata.annotations, [KEPT_ANNOTATION]: kept }) };
}

/** What an EventType of v1beta2 says about attributes. */
function attributesOf({ spec }: EventType): EventAttribute[] {
  const { type, source, schema } = spec ?? {};
  return [
    { name: "type", required: true, ...member("value", type) },
    ...(source === undefined ? [{ name: "source", required: true }] : [{ name: "source", required: true, value: source }]),
    { name: "specversion", required: true, value: "1.0" },
    { name: "id", required: true },
    ...(schema === undefined ? [] : [{ name: "dataschema", required: false, value: schema }]),
  ];
}

/** A Broker by name is a reference in v1beta3. */
function referenceOf(reference: EventTypeV1Beta3Spec["reference"], broker: string | undefined): Pick<EventTypeV1Beta3Spec, "reference"> {
  if (reference !== undefined) return { reference };
  return broker === undefined ? {} : { reference: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: broker } };
}

function withAnnotations(metadata: EventType["metadata"], annotations: Record<string, string>): EventType["metadata"] {
  const { annotations: _old, ...rest } = metadata;
  return Object.keys(annotations).length === 0 ? rest : { ...rest, annotations };
}

function member<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}
