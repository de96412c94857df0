import { oldOf } from "../meta/strategy.ts";
import { viaField } from "../duck/field-error.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { completeTemplate, defaultTemplate } from "./defaults/template.ts";
import { defaultTargets } from "./defaults/traffic.ts";
import { setUserInfo } from "./defaults/user-info.ts";
import type { KnativeService } from "./service.ts";
import { settingsOf } from "./validation/context.ts";
import { validateMetadata } from "./validation/metadata.ts";
import { denied, isRefusedAnyway, missingContainers } from "./validation/refusals.ts";
import { validateUsers, validateRolloutDuration } from "./validation/serving-annotations.ts";
import { validateNameChange, validateTemplate } from "./validation/template.ts";
import { validateTraffic } from "./validation/traffic-validation.ts";
import { insecureDefaults } from "./validation/warnings.ts";

export const serviceStrategy: Strategy<KnativeService> = {
  prepare(draft, context) {
    if (context.operation === "CREATE") delete draft.status;
  },
  default(draft, context) {
    if (context.subresource !== "") return;
    draft.spec = completeTemplate(draft.spec);
    defaultTemplate(draft.spec.template, oldOf<KnativeService>(context)?.spec.template, draft.metadata, settingsOf(context));
    if ((draft.spec.traffic?.length ?? 0) === 0) draft.spec.traffic = [{ latestRevision: true, percent: 100 }];
    defaultTargets(draft.spec.traffic);
    setUserInfo(draft, context);
  },
  validate: (service, context) => (context.subresource === "" ? validate(service, context) : undefined),
  warnings: (service, context) =>
    context.subresource === "" ? insecureDefaults(service.spec?.template?.spec, settingsOf(context).features) : [],
};

function validate(service: KnativeService, context: AdmissionContext): Refusal | undefined {
  if (isRefusedAnyway("Service", service, context)) return undefined;
  const { metadata, spec } = service;
  const noContainers = missingContainers(spec.template.spec.containers, "spec.template.spec.containers");
  if (noContainers !== undefined) return noContainers;
  const old = oldOf<KnativeService>(context);
  return denied([
    ...viaField("metadata", [...validateMetadata(metadata), ...validateRolloutDuration(metadata.annotations)]),
    ...viaField("spec.template", validateTemplate(spec.template, metadata, settingsOf(context))),
    ...viaField("spec", validateTraffic(spec.traffic, "Service")),
    ...viaField("metadata", validateUsers(service, old)),
    ...(old === undefined ? [] : viaField("spec.template", validateNameChange(spec.template, old.spec.template))),
  ]);
}
