import { validateReference } from "../duck/destination.ts";
import { disallowedFields, fieldError, viaField, type FieldErrors } from "../duck/field-error.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { CLUSTER_DOMAIN } from "../names/serving.ts";
import { setUserInfo } from "./defaults/user-info.ts";
import type { DomainMapping } from "./domainmapping.ts";
import { dns1123SubdomainFaults } from "./validation/names.ts";
import { denied, isRefusedAnyway } from "./validation/refusals.ts";
import { validateUsers } from "./validation/serving-annotations.ts";

export const domainMappingStrategy: Strategy<DomainMapping> = {
  prepare(draft, context) {
    if (context.operation === "CREATE") delete draft.status;
  },
  default(draft, context) {
    if (context.subresource !== "") return;
    const { ref } = draft.spec ?? {};
    if (ref !== undefined && !ref.namespace) ref.namespace = draft.metadata.namespace;
    setUserInfo(draft, context);
  },
  validate: (mapping, context) => (context.subresource === "" ? validate(mapping, context) : undefined),
};

function validate(mapping: DomainMapping, context: AdmissionContext): Refusal | undefined {
  if (isRefusedAnyway("DomainMapping", mapping, context)) return undefined;
  const { metadata, spec } = mapping;
  const old = context.operation === "UPDATE" ? (context.old as DomainMapping | undefined) : undefined;
  return denied([
    ...viaField("metadata", [
      ...(metadata.generateName ? disallowedFields("generateName") : []),
      ...domainFaults(metadata.name ?? ""),
      ...validateUsers(mapping, old),
    ]),
    ...viaField("spec", viaField("ref", validateReference(spec.ref, { namespace: metadata.namespace }))),
  ]);
}

/** What keeps a name from being a public host, relative to the metadata. */
function domainFaults(name: string): FieldErrors {
  const fault = qualifiedNameFault(name);
  const inside = name.endsWith(`.${CLUSTER_DOMAIN}`)
    ? `must not be a subdomain of cluster local domain ${JSON.stringify(CLUSTER_DOMAIN)}`
    : undefined;
  return [fault, inside]
    .filter((text) => text !== undefined)
    .flatMap((text) => fieldError(`invalid name ${JSON.stringify(name)}: ${text}`, "name"));
}

const LONGEST_LABEL = 63;

/** As apimachinery's check of fully qualified domain names says it. */
function qualifiedNameFault(name: string): string | undefined {
  const faults = dns1123SubdomainFaults(name);
  if (faults.length > 0) return invalid(name, faults.join(","));
  const labels = name.split(".");
  if (labels.length < 2) return invalid(name, "should be a domain with at least two segments separated by dots");
  const long = labels.find((label) => label.length > LONGEST_LABEL);
  return long === undefined ? undefined : invalid(long, `must be no more than ${LONGEST_LABEL} characters`);
}

function invalid(value: string, text: string): string {
  return `name: Invalid value: ${JSON.stringify(value)}: ${text}`;
}
