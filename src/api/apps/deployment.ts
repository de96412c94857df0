import type { Deployment, DeploymentSpec, RollingUpdateDeployment } from "../k8s/types.generated.ts";
import { SCALE } from "../autoscaling/scale.ts";
import { ageColumn, column, defineKind, nameColumn } from "../meta/define-kind.ts";
import type { AdmissionContext, FieldCause } from "../meta/kind.ts";
import { dropStatus, oldOf, strategyOf } from "../meta/strategy.ts";
import { forbiddenCause, invalidCause, notSupportedCause } from "../meta/validation/causes.ts";
import { defaultTemplate, emptyTemplate, nonNegativeCauses, selectorChangeCauses, templateCauses } from "./template.ts";
import { workloadColumns } from "./workload-columns.ts";

const PROGRESS_SECONDS = 600;
const HISTORY = 10;

export const deploymentKind = defineKind<Deployment>({
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
  definition: "io.k8s.api.apps.v1.Deployment",
  shortNames: ["deploy"],
  categories: ["all"],
  subresources: { status: true, scale: SCALE },
  generation: "spec",
  columns: [
    nameColumn(),
    column<Deployment>("Ready", "string", ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
    column<Deployment>("Up-to-date", "string", ({ status }) => status?.updatedReplicas ?? 0),
    column<Deployment>("Available", "string", ({ status }) => status?.availableReplicas ?? 0),
    ageColumn(),
    ...workloadColumns<Deployment>(({ spec }) => spec),
  ],
  strategy: strategyOf<Deployment>({ prepare: dropStatus, default: defaultDeployment, causes: deploymentCauses }),
});

/** A spec that is absent has nothing; what it lacks is for validation to say. */
export function emptyWorkloadSpec(): DeploymentSpec {
  return { template: emptyTemplate() } as DeploymentSpec;
}

function defaultDeployment(draft: Deployment): void {
  const spec = (draft.spec ??= emptyWorkloadSpec());
  spec.replicas ??= 1;
  defaultTemplate((spec.template ??= emptyTemplate()));
  spec.strategy ??= {};
  spec.strategy.type ||= "RollingUpdate";
  if (spec.strategy.type === "RollingUpdate") {
    const rolling = (spec.strategy.rollingUpdate ??= {});
    rolling.maxUnavailable ??= "25%";
    rolling.maxSurge ??= "25%";
  }
  spec.revisionHistoryLimit ??= HISTORY;
  spec.progressDeadlineSeconds ??= PROGRESS_SECONDS;
  draft.status ??= {};
}

function deploymentCauses(object: Deployment, context: AdmissionContext): FieldCause[] {
  const spec = object.spec ?? emptyWorkloadSpec();
  const old = oldOf<Deployment>(context)?.spec;
  return [
    ...nonNegativeCauses(spec.replicas, "spec.replicas"),
    ...templateCauses({ selector: spec.selector, template: spec.template }, "deployment", "spec"),
    ...strategyCauses(spec, "spec.strategy"),
    ...nonNegativeCauses(spec.minReadySeconds, "spec.minReadySeconds"),
    ...nonNegativeCauses(spec.revisionHistoryLimit, "spec.revisionHistoryLimit"),
    ...deadlineCauses(spec, "spec.progressDeadlineSeconds"),
    ...(old === undefined ? [] : selectorChangeCauses(spec.selector, old.selector, "spec.selector")),
  ];
}

function strategyCauses({ strategy }: DeploymentSpec, path: string): FieldCause[] {
  const { type = "RollingUpdate", rollingUpdate } = strategy ?? {};
  if (type === "RollingUpdate") return rollingCauses(rollingUpdate ?? {}, `${path}.rollingUpdate`);
  if (type !== "Recreate") return [notSupportedCause(`${path}.type`, type, ["Recreate", "RollingUpdate"])];
  return rollingUpdate === undefined
    ? []
    : [forbiddenCause(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
}

function rollingCauses({ maxUnavailable, maxSurge }: RollingUpdateDeployment, path: string): FieldCause[] {
  const causes = [...countCauses(maxUnavailable, `${path}.maxUnavailable`), ...countCauses(maxSurge, `${path}.maxSurge`)];
  if (!isNothing(maxUnavailable) || !isNothing(maxSurge)) return causes;
  return [...causes, invalidCause(`${path}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0")];
}

function isNothing(value: string | number | undefined): boolean {
  return value === 0 || value === "0%";
}

/** A count or a percentage. */
function countCauses(value: string | number | undefined, field: string): FieldCause[] {
  if (typeof value === "number") return nonNegativeCauses(value, field);
  if (value === undefined || /^\d+%$/.test(value)) return [];
  const why = "a valid percent string must be a numeric string followed by an ending '%'";
  return [invalidCause(field, value, `${why} (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`)];
}

function deadlineCauses({ progressDeadlineSeconds: deadline, minReadySeconds = 0 }: DeploymentSpec, field: string): FieldCause[] {
  if (deadline === undefined) return [];
  const causes = nonNegativeCauses(deadline, field);
  return deadline <= minReadySeconds ? [...causes, invalidCause(field, deadline, "must be greater than minReadySeconds")] : causes;
}
