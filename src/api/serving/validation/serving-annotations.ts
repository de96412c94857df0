import { fieldError, invalidKeyName, invalidValue, outOfBounds, viaField, type FieldErrors } from "../../duck/field-error.ts";
import {
  AUTOSCALING,
  CREATOR_ANNOTATION,
  LAST_MODIFIER_ANNOTATION,
  NETWORKING,
  PROGRESS_DEADLINE_ANNOTATION,
  ROLLOUT_DURATION_ANNOTATION,
  ROLLOUT_DURATION_OLD_ANNOTATION,
} from "../../names/labels.ts";
import type { ObjectMeta } from "../../meta/object.ts";
import { deepEqual } from "../../../std/json.ts";
import { parseGoDuration } from "../../../std/duration.ts";
import { parseQuantity } from "../../../std/quantity.ts";

type Annotations = Readonly<Record<string, string>>;

const NETWORKING_KEYS = new Set(
  [
    "ingress-class",
    "ingress.class",
    "certificate-class",
    "certificate.class",
    "disable-external-domain-tls",
    "disable-auto-tls",
    "disableAutoTLS",
    "http-protocol",
    "httpProtocol",
    "http-option",
    "httpOption",
    "visibility",
    "wildcardDomain",
    "certificate-type",
  ].map((name) => `${NETWORKING}/${name}`),
);

/** Faults of the annotations of a Service, Configuration or Route, relative to its metadata. */
export function validateObjectAnnotations(annotations: Annotations | undefined): FieldErrors {
  return [...misplacedAutoscaling(annotations), ...unknownNetworking(annotations)];
}

function misplacedAutoscaling(annotations: Annotations | undefined): FieldErrors {
  return Object.keys(annotations ?? {})
    .filter((key) => key.startsWith(`${AUTOSCALING}/`))
    .flatMap((key) =>
      invalidKeyName(key, "annotations", 'autoscaling annotations must be put under "spec.template.metadata.annotations" to work'),
    );
}

function unknownNetworking(annotations: Annotations | undefined): FieldErrors {
  return Object.keys(annotations ?? {})
    .filter((key) => key.startsWith(`${NETWORKING}/`) && !NETWORKING_KEYS.has(key))
    .flatMap((key) => fieldError(`invalid key name ${JSON.stringify(key)}`, "annotations"));
}

/** Faults of the gradual rollout's duration, relative to the metadata. */
export function validateRolloutDuration(annotations: Annotations | undefined): FieldErrors {
  const key = [ROLLOUT_DURATION_ANNOTATION, ROLLOUT_DURATION_OLD_ANNOTATION].find((name) => annotations?.[name] !== undefined);
  const text = key === undefined ? undefined : annotations?.[key];
  if (key === undefined || text === undefined || text === "") return [];
  return viaField("annotations", wholeSeconds(text, key, "rollout-duration"));
}

/** Faults of the progress deadline, relative to the annotations. */
export function validateProgressDeadline(annotations: Annotations | undefined): FieldErrors {
  const text = annotations?.[PROGRESS_DEADLINE_ANNOTATION];
  return text === undefined ? [] : wholeSeconds(text, PROGRESS_DEADLINE_ANNOTATION, "progress-deadline");
}

function wholeSeconds(text: string, key: string, name: string): FieldErrors {
  const value = parseGoDuration(text);
  if (value === undefined) return invalidValue(text, key);
  if (value % 1000 !== 0) return fieldError(`${name}=${text} is not at second precision`, key);
  return value < 0 ? fieldError(`${name}=${text} must be positive`, key) : [];
}

interface WithUsers {
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
}

/**
 * The creator stays who it was, and the last modifier as long as the spec is the same. What a parent owns has both from it
 * and is not looked at. Relative to the metadata.
 */
export function validateUsers(object: WithUsers, old: WithUsers | undefined): FieldErrors {
  const owned = (object.metadata.ownerReferences?.length ?? 0) > 0;
  if (old === undefined || owned) return [];
  const value = (one: WithUsers, name: string) => one.metadata.annotations?.[name] ?? "";
  const differs = (name: string) => value(object, name) !== value(old, name);
  return viaField("annotations", [
    ...(differs(CREATOR_ANNOTATION) ? fieldError("annotation value is immutable", CREATOR_ANNOTATION) : []),
    ...(differs(LAST_MODIFIER_ANNOTATION) && deepEqual(object.spec, old.spec)
      ? invalidValue(value(object, LAST_MODIFIER_ANNOTATION), LAST_MODIFIER_ANNOTATION)
      : []),
  ]);
}

const SIDECAR = "queue.sidecar.serving.knative.dev";
const SIDECAR_QUANTITIES = ["cpu", "memory", "ephemeral-storage"].flatMap((resource) => [
  `${resource}-resource-request`,
  `${resource}-resource-limit`,
]);

/** Annotations about the sidecar that Kinetic does not have; they are checked all the same, so that manifests stay portable. */
export function validateSidecarAnnotations(annotations: Annotations | undefined): FieldErrors {
  return [...SIDECAR_QUANTITIES.flatMap((name) => quantityFault(annotations, `${SIDECAR}/${name}`)), ...percentageFault(annotations)];
}

function quantityFault(annotations: Annotations | undefined, key: string): FieldErrors {
  const text = annotations?.[key];
  return text === undefined || parseQuantity(text) !== undefined ? [] : invalidValue(text, `[${key}]`);
}

function percentageFault(annotations: Annotations | undefined): FieldErrors {
  const key = [`${SIDECAR}/resource-percentage`, `${SIDECAR}/resourcePercentage`].find((name) => annotations?.[name] !== undefined);
  const text = key === undefined ? undefined : annotations?.[key];
  if (key === undefined || text === undefined) return [];
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) return invalidValue(text, `[${key}]`);
  return value < 0.1 || value > 100 ? outOfBounds(text, 0.1, 100, `[${key}]`) : [];
}
