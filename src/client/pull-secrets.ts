import { pullSecretOf } from "../api/core/pull-secret.ts";
import { secretKind } from "../api/core/secret.ts";
import { serviceAccountKind } from "../api/core/service-account.ts";
import type { LocalObjectReference } from "../api/k8s/types.generated.ts";
import type { PullSecret } from "../api/ports/images.ts";
import type { Client } from "./types.ts";

/** Of a Pod or a Revision. */
export interface PullIdentity {
  readonly namespace: string;
  readonly serviceAccountName?: string;
  readonly imagePullSecrets?: readonly LocalObjectReference[];
}

export interface PullSecrets {
  readonly secrets: readonly PullSecret[];
  /** Names that are stated and lead to no registry credentials. */
  readonly missing: readonly string[];
}

/** The registry credentials that a pod spec names, then those of its ServiceAccount. */
export async function readPullSecrets(client: Pick<Client, "get">, identity: PullIdentity): Promise<PullSecrets> {
  const { namespace, serviceAccountName, imagePullSecrets = [] } = identity;
  const account = await client.get(serviceAccountKind, { namespace, name: serviceAccountName || "default" });
  const names = [...imagePullSecrets, ...(account?.imagePullSecrets ?? [])].flatMap(({ name }) => name ?? []);
  const found = await Promise.all(
    [...new Set(names)].map(async (name) => {
      const secret = await client.get(secretKind, { namespace, name });
      return { name, secret: secret === undefined ? undefined : pullSecretOf(secret) };
    }),
  );
  return {
    secrets: found.flatMap(({ secret }) => secret ?? []),
    missing: found.filter(({ secret }) => secret === undefined).map(({ name }) => name),
  };
}
