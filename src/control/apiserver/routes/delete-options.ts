import { badRequest } from "../../../api/meta/errors.ts";
import type { DeleteOptions } from "../../../api/k8s/types.generated.ts";
import { isRecord } from "../../../std/json.ts";
import { readOptionalObject } from "../negotiation/body.ts";
import type { ResourceCall } from "../http/call.ts";
import { dryRun, flag, integer, invalidOptions, unsupported } from "../http/query.ts";

const POLICIES = ['"Foreground"', '"Background"', '"Orphan"', '"nil"'];

export interface Deletion {
  readonly dryRun: boolean;
  readonly policy: "Foreground" | "Background" | "Orphan" | undefined;
  /** Seconds; undefined is the kind's default. */
  readonly gracePeriodSeconds: number | undefined;
  readonly preconditions: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined };
}

/** What body or query say about a deletion; the body wins. @throws ApiError 400 or 422. */
export function deletionOf(call: ResourceCall, wrapper?: "eviction"): Deletion {
  const body = readOptionalObject(call.request, { kind: wrapper === undefined ? "DeleteOptions" : "Eviction" });
  const said = wrapper === undefined ? body?.object : body && (body.object["deleteOptions"] ?? {});
  const options = said === undefined ? fromQuery(call.query) : asOptions(said);
  if (options.propagationPolicy && options.orphanDependents !== undefined) {
    const policy = JSON.stringify(options.propagationPolicy);
    const message = `Invalid value: ${policy}: orphanDependents and deletionPropagation cannot be both set`;
    throw invalidOptions("DeleteOptions", { reason: "FieldValueInvalid", message, field: "propagationPolicy" });
  }
  return {
    dryRun: dryRun(options.dryRun ?? [], "DeleteOptions"),
    policy: policyOf(options),
    gracePeriodSeconds: options.gracePeriodSeconds ?? undefined,
    preconditions: options.preconditions ?? {},
  };
}

function policyOf({ propagationPolicy: policy, orphanDependents }: DeleteOptions): Deletion["policy"] {
  if (orphanDependents !== undefined) return orphanDependents ? "Orphan" : "Background";
  if (policy === undefined || policy === "") return undefined;
  if (policy === "Foreground" || policy === "Background" || policy === "Orphan") return policy;
  throw invalidOptions("DeleteOptions", unsupported("propagationPolicy", JSON.stringify(policy), POLICIES));
}

function fromQuery(query: URLSearchParams): DeleteOptions {
  const grace = query.get("gracePeriodSeconds");
  const orphan = query.get("orphanDependents");
  const policy = query.get("propagationPolicy");
  return {
    dryRun: query.getAll("dryRun"),
    ...(grace === null ? {} : { gracePeriodSeconds: integer(grace) }),
    ...(orphan === null ? {} : { orphanDependents: flag(orphan) }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
  };
}

function asOptions(value: unknown): DeleteOptions {
  if (!isRecord(value)) throw badRequest("expect DeleteOptions");
  return value as DeleteOptions;
}
