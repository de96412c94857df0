import { configMapKind } from "../../../../api/core/config-map.ts";
import { namespaceKind } from "../../../../api/core/namespace.ts";
import { serviceAccountKind } from "../../../../api/core/service-account.ts";
import type { ConfigMap, Namespace, ServiceAccount } from "../../../../api/k8s/types.generated.ts";
import { isAlreadyExists } from "../../../../api/meta/errors.ts";
import type { KindRef } from "../../../../api/meta/kind.ts";
import type { KubeObject, ObjectKey } from "../../../../api/meta/object.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import { deepEqual } from "../../../../std/json.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { informerSource } from "../../../controller/sources.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import { DEFAULT_ACCOUNT, makeDefaultAccount, makeRootCa, ROOT_CA } from "./resources.ts";

interface AccountWorld {
  readonly client: Client;
  readonly namespaces: Informer<Namespace>;
  readonly accounts: Informer<ServiceAccount>;
  readonly maps: Informer<ConfigMap>;
  /** PEM. */
  readonly caBundle: string;
}

/** Gives each namespace its `default` ServiceAccount and the CA of the API server. `caBundle` is PEM. */
export function serviceAccountController(deps: ControllerDeps, caBundle: string): Controller {
  const namespaces = deps.informers.of(namespaceKind);
  const accounts = deps.informers.of(serviceAccountKind);
  const maps = deps.informers.of(configMapKind);
  const world: AccountWorld = { client: deps.client, namespaces, accounts, maps, caBundle };
  const named = (name: string) => (object: KubeObject) =>
    object.metadata.name === name ? [{ namespace: "", name: object.metadata.namespace ?? "" }] : [];
  return {
    name: "serviceaccount-controller",
    sources: [informerSource(namespaces), informerSource(accounts, named(DEFAULT_ACCOUNT)), informerSource(maps, named(ROOT_CA))],
    reconcile: (key) => reconcileNamespace(world, key),
  };
}

async function reconcileNamespace(world: AccountWorld, { name }: ObjectKey): Promise<Outcome> {
  const namespace = world.namespaces.get({ namespace: "", name });
  if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return done;
  const account = world.accounts.get({ namespace: name, name: DEFAULT_ACCOUNT });
  await Promise.all([
    account === undefined ? create(world.client, serviceAccountKind, makeDefaultAccount(name)) : undefined,
    putRootCa(world, name),
  ]);
  return done;
}

async function putRootCa({ client, maps, caBundle }: AccountWorld, namespace: string): Promise<void> {
  const desired = makeRootCa(namespace, caBundle);
  const existing = maps.get({ namespace, name: ROOT_CA });
  if (existing === undefined) await create(client, configMapKind, desired);
  else if (!deepEqual(existing.data, desired.data)) await client.update(configMapKind, { ...existing, data: desired.data });
}

/** Somebody else may have been quicker, e.g. the API server itself. */
async function create<T extends KubeObject>(client: Client, kind: KindRef<T>, object: T): Promise<void> {
  try {
    await client.create(kind, object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
