import { nodeKind } from "../api/core/node.ts";
import { serviceAccountKind } from "../api/core/service-account.ts";
import type { ObjectKey } from "../api/meta/object.ts";
import type { Client } from "../client/types.ts";
import { newUid } from "../control/apiserver/admission/metadata.ts";
import type { TokenRequest, TokenSource } from "../control/node/pod/volumes.ts";
import { delay } from "../std/abort.ts";
import type { Clock } from "../std/clock.ts";
import {
  claimsOf,
  ISSUER,
  signToken,
  type ServiceAccountClaims,
  type TokenKey,
  type TokenWish,
} from "../security/service-account-tokens.ts";
import type { World } from "./world.ts";

export interface Issued {
  readonly token: string;
  readonly claims: ServiceAccountClaims;
}

/** Makes tokens, each with a name of its own. */
export function issueToken(world: Pick<World, "clock" | "random">, key: TokenKey, wish: Omit<TokenWish, "now" | "id">): Issued {
  const claims = claimsOf({ ...wish, now: world.clock.now(), id: newUid(world.random) });
  return { token: signToken(key, claims), claims };
}

/** A node's name and uid; of one that is not there, the name. */
export async function nodeClaim(client: Client, name: string): Promise<{ readonly name: string; readonly uid?: string }> {
  const uid = (await client.get(nodeKind, { namespace: "", name }))?.metadata.uid;
  return { name, ...(uid === undefined ? {} : { uid }) };
}

/** A young namespace has no account yet: its controller needs a moment. */
const ACCOUNT_TRIES = 20;
const ACCOUNT_WAIT_MS = 25;

export interface NodeTokens {
  readonly key: TokenKey;
  readonly client: Client;
  readonly node: string;
  readonly signal: AbortSignal;
}

/** Tokens for the Pods of a node. */
export function nodeTokens(world: World, { key, client, node, signal }: NodeTokens): TokenSource {
  return {
    async token({ namespace, serviceAccount: name, audience = ISSUER, expirationSeconds, pod }: TokenRequest) {
      const uid = await patientUid(world.clock, { client, account: { namespace, name }, signal });
      if (uid === undefined) return undefined;
      const bound = { pod, node: await nodeClaim(client, node) };
      const wish = { namespace, account: { name, uid }, audiences: [audience], lifeSeconds: expirationSeconds, bound };
      return issueToken(world, key, wish).token;
    },
  };
}

interface Search {
  readonly client: Client;
  readonly account: ObjectKey;
  readonly signal: AbortSignal;
}

async function patientUid(clock: Clock, { client, account, signal }: Search): Promise<string | undefined> {
  for (let left = ACCOUNT_TRIES; left > 0; left--) {
    const found = await client.get(serviceAccountKind, account);
    if (found !== undefined) return found.metadata.uid ?? "";
    await delay(clock, ACCOUNT_WAIT_MS, signal);
  }
  return undefined;
}
