import { containerEnv } from "./env.ts";
import type { FunctionConfig } from "../project/config.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import { configMapKind } from "../../api/core/config-map.ts";
import { persistentVolumeClaimKind } from "../../api/core/persistent-volume-claim.ts";
import { secretKind } from "../../api/core/secret.ts";
import { serviceAccountKind } from "../../api/core/service-account.ts";
import type { Client } from "../../client/types.ts";

interface Reference {
  readonly kind: KindRef;
  readonly name: string;
  readonly usedBy: string;
}

/** What func.yaml refers to and is not there, one line each: better told before than by a pod that does not start. */
export async function missingReferences(
  client: Pick<Client, "get">,
  namespace: string,
  config: FunctionConfig,
  local: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const references = referencesOf(config, local);
  const found = await Promise.all(references.map(({ kind, name }) => client.get(kind, { namespace, name })));
  return references
    .filter((_, index) => found[index] === undefined)
    .map(({ kind, name, usedBy }) => `referenced ${kind.kind} "${name}" is not present in namespace "${namespace}" (${usedBy})`);
}

function referencesOf(config: FunctionConfig, local: Readonly<Record<string, string | undefined>>): Reference[] {
  const { env, envFrom } = containerEnv(config.run?.envs, local);
  const references: (Reference | undefined)[] = [
    ...env.flatMap(({ valueFrom }) => [
      reference(secretKind, valueFrom?.secretKeyRef?.name, "run.envs"),
      reference(configMapKind, valueFrom?.configMapKeyRef?.name, "run.envs"),
    ]),
    ...envFrom.flatMap(({ secretRef, configMapRef }) => [
      reference(secretKind, secretRef?.name, "run.envs"),
      reference(configMapKind, configMapRef?.name, "run.envs"),
    ]),
    ...(config.run?.volumes ?? []).flatMap(({ secret, configMap, persistentVolumeClaim }) => [
      reference(secretKind, secret, "run.volumes"),
      reference(configMapKind, configMap, "run.volumes"),
      reference(persistentVolumeClaimKind, persistentVolumeClaim?.claimName, "run.volumes"),
    ]),
    reference(serviceAccountKind, config.deploy?.serviceAccountName, "deploy.serviceAccountName"),
    reference(secretKind, config.deploy?.imagePullSecret, "deploy.imagePullSecret"),
  ];
  const known = references.filter((one) => one !== undefined);
  return [...new Map(known.map((one) => [`${one.kind.kind}/${one.name}`, one])).values()];
}

function reference(kind: KindRef, name: string | undefined, usedBy: string): Reference | undefined {
  return name === undefined || name === "" ? undefined : { kind, name, usedBy };
}
