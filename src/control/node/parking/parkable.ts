import type { Pod } from "../../../api/k8s/types.generated.ts";
import { PARKING_ANNOTATION } from "../../../api/names/kinetic.ts";

export interface ParkingFacts {
  readonly pod: Pod;
  /** Every image was built by Kinetic. */
  readonly ownImages: boolean;
  /** Some environment variable tells the pod's own name or uid. */
  readonly perPodEnv: boolean;
  readonly ready: boolean;
}

/** Whether a pod that is being deleted may be kept frozen, or why not. */
export function parkable({
  pod,
  ownImages,
  perPodEnv,
  ready,
}: ParkingFacts): { readonly kind: "yes" } | { readonly kind: "no"; readonly why: string } {
  const asked = pod.metadata.annotations?.[PARKING_ANNOTATION];
  const grace = pod.metadata.deletionGracePeriodSeconds ?? 0;
  const containers = pod.spec?.containers ?? [];
  if (asked === "false") return no("its template opts out");
  if (asked !== "true" && !ownImages) return no("its image was not built by Kinetic");
  if (!ready) return no("it is not ready");
  if (grace === 0) return no("its deletion is forced");
  if ((pod.spec?.restartPolicy ?? "Always") !== "Always") return no("it runs to an end");
  if (perPodEnv) return no("its environment names the pod");
  if (containers.some(({ lifecycle }) => lifecycle?.preStop !== undefined)) return no("it has a preStop hook");
  if (pod.metadata.ownerReferences?.some(({ controller }) => controller === true) !== true) return no("nothing would start it again");
  return { kind: "yes" };
}

function no(why: string): { readonly kind: "no"; readonly why: string } {
  return { kind: "no", why };
}
