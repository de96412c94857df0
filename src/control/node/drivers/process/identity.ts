import { SANDBOX_ENV } from "../../../../api/names/kinetic.ts";

/** Who started a process: found again in its environment after the platform was killed. */
export interface Identity {
  /** Names the data directory, so that platforms of other directories are left alone. */
  readonly directory: string;
  /** Names this run of the platform. */
  readonly instance: string;
  readonly pod: string;
  readonly container: string;
}

export function identityEnv(identity: Identity): { readonly name: string; readonly value: string } {
  return { name: SANDBOX_ENV, value: JSON.stringify(identity) };
}

/** The identity in an environment block (`NAME=value` entries separated by NUL or spaces), if there is one. */
export function parseIdentity(environment: string): Identity | undefined {
  const start = environment.indexOf(`${SANDBOX_ENV}={`);
  if (start < 0) return undefined;
  const json = environment.slice(start + SANDBOX_ENV.length + 1);
  const end = json.indexOf("}");
  try {
    const { directory, instance, pod, container } = JSON.parse(json.slice(0, end + 1)) as Partial<Identity>;
    if (directory === undefined || instance === undefined) return undefined;
    return { directory, instance, pod: pod ?? "", container: container ?? "" };
  } catch {
    return undefined;
  }
}
