import type { Pod, PodSpec } from "../../../api/k8s/types.generated.ts";
import { forbidden } from "../../../api/meta/errors.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { randomSuffix, type Random } from "../../../std/random.ts";
import type { AdmissionPlugin, Write } from "./admission.ts";

const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const TOKEN_SECONDS = 3607;

/** Whether a service account exists and whether it wants its token in Pods (`automountServiceAccountToken`). */
export type AccountLookup = (namespace: string, name: string) => { readonly automount: boolean | undefined } | undefined;

/** Gives new Pods their service account and the volume with its token, the CA and the namespace. */
export class ServiceAccountAdmission implements AdmissionPlugin {
  readonly #lookup: AccountLookup;
  readonly #random: Random;

  constructor(lookup: AccountLookup, random: Random) {
    this.#lookup = lookup;
    this.#random = random;
  }

  admit(draft: KubeObject, write: Write, old: KubeObject | undefined): undefined {
    const { kind, namespace, subresource } = write;
    if (old !== undefined || subresource !== "" || kind.group !== "" || kind.kind !== "Pod") return;
    const spec = (draft as Pod).spec;
    if (spec === undefined || draft.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined) return;
    spec.serviceAccountName ||= "default";
    spec.serviceAccount = spec.serviceAccountName;
    const account = this.#lookup(namespace, spec.serviceAccountName);
    // A young namespace may not have its default account yet: it is made at once, so nobody has to try again.
    if (account === undefined && spec.serviceAccountName !== "default") throw missingAccount(write, draft, spec.serviceAccountName);
    if (spec.automountServiceAccountToken ?? account?.automount ?? true) mountToken(spec, `kube-api-access-${randomSuffix(this.#random)}`);
  }
}

function missingAccount({ kind, namespace }: Write, pod: KubeObject, account: string): Error {
  const why = `error looking up service account ${namespace}/${account}: serviceaccount ${JSON.stringify(account)} not found`;
  return forbidden(kind, pod.metadata.name ?? "", why);
}

function mountToken(spec: PodSpec, volume: string): void {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const without = containers.filter((container) => !(container.volumeMounts ?? []).some(({ mountPath }) => mountPath === MOUNT_PATH));
  if (without.length === 0) return;
  for (const container of without) {
    container.volumeMounts = [...(container.volumeMounts ?? []), { name: volume, readOnly: true, mountPath: MOUNT_PATH }];
  }
  spec.volumes = [...(spec.volumes ?? []), { name: volume, projected: { sources: sources(), defaultMode: 420 } }];
}

function sources() {
  return [
    { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: "token" } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    { downwardAPI: { items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] } },
  ];
}
