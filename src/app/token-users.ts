import { podKind } from "../api/core/pod.ts";
import { secretKind } from "../api/core/secret.ts";
import { serviceAccountKind } from "../api/core/service-account.ts";
import type { KindRef } from "../api/meta/kind.ts";
import type { KubeObject } from "../api/meta/object.ts";
import type { Client } from "../client/types.ts";
import { UNKNOWN_TOKEN, type TokenAnswer, type TokenUser } from "../control/apiserver/auth/authenticate.ts";
import type { User } from "../control/apiserver/auth/user.ts";
import { tokenProblem, type LiveObject, type LiveObjects } from "../security/bound-tokens.ts";
import { ISSUER, readToken, sameSecret, type ServiceAccountClaims } from "../security/service-account-tokens.ts";
import type { Clock } from "../std/clock.ts";
import { ADMIN, type Pki } from "./pki.ts";

export interface TokenUserOptions {
  readonly clock: Clock;
  readonly pki: Pick<Pki, "adminToken" | "tokenKey">;
  /** Asked when a token comes: the API server that serves it is started after this. */
  client(): Client;
}

/**
 * Whose bearer token it is: the administrator's, or a ServiceAccount's that this platform signed and whose account, Pod and
 * Secret are still the ones it was made for.
 */
export function tokenUserOf({ clock, pki, client }: TokenUserOptions): TokenUser {
  return async (token, audiences = [ISSUER]) => {
    if (sameSecret(token, pki.adminToken)) return { kind: "user", user: { name: ADMIN.user, groups: [...ADMIN.groups] }, audiences };
    const claims = readToken(pki.tokenKey, token);
    if (claims === undefined) return { kind: "refused", why: UNKNOWN_TOKEN };
    const fitting = claims.aud.filter((one) => audiences.includes(one));
    if (fitting.length === 0)
      return refused(`token audiences ${quoted(claims.aud)} is invalid for the target audiences ${quoted(audiences)}`);
    const problem = tokenProblem(claims, await liveObjects(client(), claims), clock.now());
    return problem === undefined ? { kind: "user", user: userOf(claims), audiences: fitting } : refused(problem);
  };
}

function refused(why: string): TokenAnswer {
  return { kind: "refused", why: `[${UNKNOWN_TOKEN}, ${why}]` };
}

function quoted(audiences: readonly string[]): string {
  return `[${audiences.map((one) => JSON.stringify(one)).join(" ")}]`;
}

async function liveObjects(client: Client, { "kubernetes.io": claims }: ServiceAccountClaims): Promise<LiveObjects> {
  const { namespace, serviceaccount, pod, secret } = claims;
  const live = async <T extends KubeObject>(kind: KindRef<T>, name: string | undefined): Promise<LiveObject | undefined> =>
    name === undefined ? undefined : liveObject(await client.get(kind, { namespace, name }));
  const [account, livePod, liveSecret] = await Promise.all([
    live(serviceAccountKind, serviceaccount.name),
    live(podKind, pod?.name),
    live(secretKind, secret?.name),
  ]);
  return { account, pod: livePod, secret: liveSecret };
}

function liveObject(object: KubeObject | undefined): LiveObject | undefined {
  if (object === undefined) return undefined;
  const { uid = "", deletionTimestamp } = object.metadata;
  return deletionTimestamp === undefined ? { uid } : { uid, deletedAt: Date.parse(deletionTimestamp) };
}

const EXTRA = "authentication.kubernetes.io/";

function userOf({ sub, jti, "kubernetes.io": claims }: ServiceAccountClaims): User {
  const { namespace, serviceaccount, pod, node } = claims;
  const extra = {
    "credential-id": `JTI=${jti}`,
    "node-name": node?.name,
    "node-uid": node?.uid,
    "pod-name": pod?.name,
    "pod-uid": pod?.uid,
  };
  const told = Object.entries(extra).flatMap(([key, value]) => (value === undefined ? [] : [[EXTRA + key, [value]] as const]));
  return {
    name: sub,
    uid: serviceaccount.uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`],
    extra: Object.fromEntries(told),
  };
}
