import type { Container, ContainerPort, Probe, SecurityContext } from "../../../../api/k8s/types.generated.ts";
import { canonicalQuantity, parseQuantity } from "../../../../std/quantity.ts";
import { UserError } from "../../../shared/io.ts";
import { parsePairs } from "./pairs.ts";
import { probeOf } from "./probes.ts";

export interface ContainerFlags {
  readonly image?: string;
  readonly cmd?: readonly string[];
  readonly arg?: readonly string[];
  readonly port?: string;
  readonly limit?: readonly string[];
  readonly request?: readonly string[];
  readonly user?: number;
  readonly pullPolicy?: string;
  readonly securityContext?: string;
  readonly probeLiveness?: string;
  readonly probeLivenessOpts?: string;
  readonly probeReadiness?: string;
  readonly probeReadinessOpts?: string;
}

export function applyContainer(container: Container, flags: ContainerFlags): void {
  if (flags.image !== undefined) container.image = flags.image;
  if (flags.cmd !== undefined) container.command = [...flags.cmd];
  if (flags.arg !== undefined) container.args = [...flags.arg];
  if (flags.port !== undefined) container.ports = [portOf(flags.port)];
  applyResources(container, flags);
  applySecurity(container, flags);
  if (flags.pullPolicy !== undefined) container.imagePullPolicy = pullPolicyOf(flags.pullPolicy);
  const liveness = probe(container.livenessProbe, flags.probeLiveness, flags.probeLivenessOpts);
  if (liveness !== undefined) container.livenessProbe = liveness;
  const readiness = probe(container.readinessProbe, flags.probeReadiness, flags.probeReadinessOpts);
  if (readiness !== undefined) container.readinessProbe = readiness;
}

function probe(old: Probe | undefined, action: string | undefined, options: string | undefined): Probe | undefined {
  return action === undefined && options === undefined ? undefined : probeOf(old, action, options);
}

/** `NAME:PORT`, `PORT`, or a protocol's name alone. */
export function portOf(text: string): ContainerPort {
  const [first = "", second] = text.split(":", 2);
  if (second === undefined && (first === "h2c" || first === "http1")) return { name: first, containerPort: 0 };
  const number = second ?? first;
  if (!/^\d+$/.test(number)) {
    throw new UserError(
      `the port specification '${text}' is not valid. Please provide in the format 'NAME:PORT', where 'NAME' is optional. ` +
        "Examples: '--port h2c:8080' , '--port 8080'.",
    );
  }
  return { ...(second === undefined ? {} : { name: first }), containerPort: Number(number) };
}

function applyResources(container: Container, { limit, request }: ContainerFlags): void {
  if (limit === undefined && request === undefined) return;
  const limits = quantities("limit", container.resources?.limits, limit);
  const requests = quantities("request", container.resources?.requests, request);
  container.resources = { ...container.resources, limits, requests };
}

type Quantities = Record<string, string | number>;

function quantities(flag: string, old: Readonly<Quantities> | undefined, values: readonly string[] | undefined): Quantities | undefined {
  const { set, remove } = parsePairs(flag, values ?? []);
  const result: Quantities = { ...old };
  for (const name of remove) delete result[name];
  for (const [name, value] of set) {
    if (parseQuantity(value) === undefined) {
      throw new UserError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }
    result[name] = canonicalQuantity(value);
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

const STRICT: SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

function applySecurity(container: Container, { securityContext, user }: ContainerFlags): void {
  if (securityContext === "strict") container.securityContext = { ...STRICT };
  else if (securityContext === "none") container.securityContext = {};
  else if (securityContext !== undefined && securityContext !== "") {
    throw new UserError(`invalid --security-context ${securityContext}. Valid arguments: none | strict`);
  }
  if (user !== undefined) container.securityContext = { ...container.securityContext, runAsUser: user };
}

const POLICIES = ["Always", "IfNotPresent", "Never"];

function pullPolicyOf(text: string): string {
  const policy = POLICIES.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  if (policy === undefined)
    throw new UserError(`invalid --pull-policy ${text}. Valid arguments (case insensitive): Always | Never | IfNotPresent`);
  return policy;
}
