import { deepClone } from "../../std/json.ts";
import type { Pod, PodSpec } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";
import type { FieldCause, AdmissionContext } from "../meta/kind.ts";
import { dropStatus, oldOf, strategyOf } from "../meta/strategy.ts";
import { podColumns } from "./pod-columns.ts";
import { allContainers, defaultPodSpec } from "./pod-spec/defaults.ts";
import { qosClass, requestLimits } from "./pod-spec/resources.ts";
import { podSpecUpdateCauses } from "./pod-spec/update.ts";
import { podSpecCauses } from "./pod-spec/validation.ts";

/** How long a Pod stays on a node that is gone, in seconds. */
const NODE_LOSS_SECONDS = 300;
const NODE_TROUBLES = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

export const podKind = defineKind<Pod>({
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Pod",
  shortNames: ["po"],
  categories: ["all"],
  subresources: { status: true, others: ["attach", "binding", "eviction", "exec", "log", "portforward"] },
  generation: "spec",
  columns: podColumns,
  strategy: strategyOf<Pod>({ prepare: dropStatus, default: defaultPod, causes: podCauses, selectableFields }),
});

function defaultPod(draft: Pod, context: AdmissionContext): void {
  const spec = (draft.spec ??= { containers: [] });
  spec.containers ??= [];
  defaultPodSpec(spec);
  for (const container of allContainers(spec)) requestLimits(container);
  spec.enableServiceLinks ??= true;
  const old = oldOf<Pod>(context)?.spec;
  if (old !== undefined) keepAdmitted(spec, old);
  else {
    admitDefaults(draft);
    draft.status ??= { phase: "Pending", qosClass: qosClass(spec) };
  }
}

/** What admission added stays when an update does not mention it. */
function keepAdmitted(spec: PodSpec, old: PodSpec): void {
  const { serviceAccountName, serviceAccount, priority, preemptionPolicy, tolerations } = old;
  Object.assign(spec, { ...deepClone({ serviceAccountName, serviceAccount, priority, preemptionPolicy, tolerations }), ...spec });
}

/** What admission adds on a real cluster. */
function admitDefaults({ spec }: Pod): void {
  if (spec === undefined) return;
  spec.serviceAccountName ||= "default";
  spec.serviceAccount = spec.serviceAccountName;
  spec.priority ??= 0;
  spec.preemptionPolicy ??= "PreemptLowerPriority";
  const given = spec.tolerations ?? [];
  const missing = NODE_TROUBLES.filter(
    (key) => !given.some((one) => (one.key === key || !one.key) && (one.effect === "NoExecute" || !one.effect)),
  );
  const added = missing.map((key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: NODE_LOSS_SECONDS }));
  spec.tolerations = [...given, ...added];
}

function podCauses({ spec }: Pod, context: AdmissionContext): FieldCause[] {
  if (spec === undefined) return [];
  const before = oldOf<Pod>(context)?.spec;
  return before === undefined ? podSpecCauses(spec, "spec") : podSpecUpdateCauses(spec, before, "spec").concat(podSpecCauses(spec, "spec"));
}

function selectableFields({ spec, status }: Pod): Record<string, string> {
  return {
    "spec.nodeName": spec?.nodeName ?? "",
    "spec.restartPolicy": spec?.restartPolicy ?? "",
    "spec.schedulerName": spec?.schedulerName ?? "",
    "spec.serviceAccountName": spec?.serviceAccountName ?? "",
    "spec.hostNetwork": String(spec?.hostNetwork ?? false),
    "status.phase": status?.phase ?? "",
    "status.podIP": status?.podIP ?? "",
    "status.podIPs": (status?.podIPs ?? []).map(({ ip }) => ip).join(","),
    "status.nominatedNodeName": status?.nominatedNodeName ?? "",
  };
}
