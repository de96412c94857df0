import type { PullSecret } from "../../api/ports/images.ts";
import { ANONYMOUS, entriesOf, matching, type Candidate } from "./credentials.ts";
import type { DockerConfig } from "./docker-config.ts";

export interface Keys {
  /** To be tried in this order; anonymous is the last. */
  readonly candidates: readonly Candidate[];
  /** Why credentials that people expect are not among them. */
  readonly problems: readonly string[];
}

export interface Wanted {
  readonly registry: string;
  readonly repository: string;
  readonly secrets: readonly PullSecret[];
}

/** Credentials for a repository: those of pull secrets, then those of the platform's user, then none. */
export async function keysFor(dockerConfig: DockerConfig | undefined, wanted: Wanted, signal: AbortSignal): Promise<Keys> {
  const { registry, repository, secrets } = wanted;
  const problems: string[] = [];
  const candidates: Candidate[] = [];
  for (const secret of secrets) {
    const found = ofSecret(secret, `${registry}/${repository}`);
    if (typeof found === "string") problems.push(found);
    else candidates.push(...found);
  }
  if (secrets.length > 0 && candidates.length === 0 && problems.length === 0) problems.push(noneFits(secrets, registry));
  const own = await dockerConfig?.candidates(registry, repository, signal);
  if (own?.problem !== undefined) problems.push(own.problem);
  return { candidates: [...candidates, ...(own?.found ?? []), ANONYMOUS], problems };
}

function noneFits(secrets: readonly PullSecret[], registry: string): string {
  const names = secrets.map(({ name }) => name).join(", ");
  return secrets.length === 1
    ? `the pull secret ${names} has no credentials for ${registry}`
    : `the pull secrets ${names} have no credentials for ${registry}`;
}

function ofSecret(secret: PullSecret, target: string): Candidate[] | string {
  try {
    const source = `pull secret ${secret.name}`;
    return matching(entriesOf(secret), target).map((credential) => ({ credential, source }));
  } catch {
    return `the pull secret ${secret.name} is not JSON`;
  }
}

/** What a person needs to know when a registry has refused every candidate. */
export function refusalWords({ candidates, problems }: Keys, registry: string): string {
  const named = candidates.filter(({ credential }) => credential.kind !== "anonymous").map(describe);
  const tried =
    named.length === 0 ? [`asked without credentials: there are none for ${registry}`] : [`${registry} refused ${named.join(" and ")}`];
  return [...(problems.length > 0 && named.length === 0 ? [] : tried), ...problems].join("; ");
}

function describe({ credential, source }: Candidate): string {
  return credential.kind === "basic" ? `user "${credential.username}" of ${source}` : `the token of ${source}`;
}
