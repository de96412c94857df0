import type { ObjectIdentity, ServiceAccountClaims } from "./service-account-tokens.ts";

/** An object that a token depends on, as it is now. */
export interface LiveObject {
  readonly uid: string;
  /** Epoch milliseconds of `metadata.deletionTimestamp`. */
  readonly deletedAt?: number;
}

/** Undefined for what is not there. */
export interface LiveObjects {
  readonly account: LiveObject | undefined;
  readonly pod: LiveObject | undefined;
  readonly secret: LiveObject | undefined;
}

/** So long a token outlives the time at which its object is to be gone: clocks differ, and a Pod says goodbye. */
const LEEWAY_MS = 60_000;

const INVALIDATED = "service account token has been invalidated";

/** Why a token that we signed does not hold at `now` (epoch ms), in the API server's words; undefined when it does. */
export function tokenProblem(claims: ServiceAccountClaims, live: LiveObjects, now: number): string | undefined {
  if (claims.exp * 1000 <= now) return "service account token has expired";
  if (claims.nbf * 1000 > now + LEEWAY_MS) return "service account token is not valid yet";
  const { namespace, serviceaccount, secret, pod } = claims["kubernetes.io"];
  const { name, uid } = serviceaccount;
  if (live.account === undefined) return `serviceaccounts "${name}" not found`;
  if (isGone(live.account, now)) return `service account ${namespace}/${name} has been deleted`;
  if (live.account.uid !== uid) return `service account UID (${live.account.uid}) does not match claim (${uid})`;
  return boundProblem("secret", { claimed: secret, live: live.secret, now }) ?? boundProblem("pod", { claimed: pod, live: live.pod, now });
}

interface Binding {
  readonly claimed: ObjectIdentity | undefined;
  readonly live: LiveObject | undefined;
  readonly now: number;
}

function boundProblem(kind: "secret" | "pod", { claimed, live, now }: Binding): string | undefined {
  if (claimed === undefined) return undefined;
  if (live === undefined || isGone(live, now)) return INVALIDATED;
  if (live.uid === claimed.uid) return undefined;
  return `${kind} UID (${live.uid}) does not match service account ${kind} ref claim (${claimed.uid})`;
}

function isGone({ deletedAt }: LiveObject, now: number): boolean {
  return deletedAt !== undefined && deletedAt < now - LEEWAY_MS;
}
