import type { ContainerPort, Probe } from "../../k8s/types.generated.ts";
import {
  fieldError,
  invalidValue,
  missingField,
  missingOneOf,
  multipleOneOf,
  outOfBounds,
  viaField,
  type FieldErrors,
} from "../../duck/field-error.ts";

const INT32_MAX = 2 ** 31 - 1;
const HANDLERS = ["exec", "grpc", "httpGet", "tcpSocket"] as const;

/** Which container a probe belongs to: that with the port, or another one. */
export interface ProbeSite {
  readonly port: ContainerPort | undefined;
  readonly isSidecar: boolean;
}

export function validateReadinessProbe(probe: Probe | undefined, site: ProbeSite): FieldErrors {
  if (probe === undefined) return [];
  return [
    ...validateHandler(probe, site),
    ...atLeast(probe, "initialDelaySeconds", 0),
    ...atLeast(probe, "periodSeconds", 0),
    ...atLeast(probe, "successThreshold", 1),
    ...((probe.periodSeconds ?? 0) === 0
      ? withoutPeriod(probe)
      : [...atLeast(probe, "timeoutSeconds", 1), ...atLeast(probe, "failureThreshold", 1)]),
  ];
}

/** Liveness and startup probes. */
export function validateOtherProbe(probe: Probe | undefined, site: ProbeSite): FieldErrors {
  return probe === undefined ? [] : validateHandler(probe, site);
}

/** No period asks for the platform's own eager probing, which has no thresholds. */
function withoutPeriod(probe: Probe): FieldErrors {
  return (["failureThreshold", "timeoutSeconds"] as const).flatMap((field) =>
    (probe[field] ?? 0) === 0 ? [] : fieldError(`${field} is disallowed when periodSeconds is zero`, field),
  );
}

function atLeast(
  probe: Probe,
  field: "initialDelaySeconds" | "periodSeconds" | "successThreshold" | "timeoutSeconds" | "failureThreshold",
  low: number,
): FieldErrors {
  const value = probe[field] ?? 0;
  return value < low ? outOfBounds(value, low, INT32_MAX, field) : [];
}

function validateHandler(probe: Probe, site: ProbeSite): FieldErrors {
  const given = HANDLERS.filter((handler) => probe[handler] !== undefined);
  const choice = given.length === 0 ? missingOneOf(...HANDLERS) : given.length > 1 ? multipleOneOf(...given) : [];
  return [...portFaults("httpGet", probe.httpGet, site), ...portFaults("tcpSocket", probe.tcpSocket, site), ...choice];
}

function portFaults(handler: string, action: { readonly port?: number | string | undefined } | undefined, site: ProbeSite): FieldErrors {
  if (action === undefined) return [];
  const { port = 0 } = action;
  if (site.isSidecar && (port === 0 || port === "")) return viaField(handler, missingField("port"));
  const isName = typeof port === "string" && port !== "" && !/^\d+$/.test(port);
  if (!isName || port === site.port?.name) return [];
  return viaField(handler, invalidValue(port, "port", "Probe port must match container port"));
}
