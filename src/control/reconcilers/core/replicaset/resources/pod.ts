import { replicaSetKind } from "../../../../../api/apps/replica-set.ts";
import type { Pod, ReplicaSet } from "../../../../../api/k8s/types.generated.ts";
import { controllerRef } from "../../../../controller/owners.ts";

/** A pod from the template. The server completes its name. */
export function makePod(set: ReplicaSet): Pod {
  const template = set.spec?.template;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerRef(replicaSetKind, set)],
    },
    spec: template?.spec,
  };
}
