import { oldOf } from "../meta/strategy.ts";
import { viaField } from "../duck/field-error.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { SERVICE_LABEL } from "../names/labels.ts";
import type { Configuration } from "./configuration.ts";
import { completeTemplate, defaultTemplate } from "./defaults/template.ts";
import { setUserInfo } from "./defaults/user-info.ts";
import { settingsOf } from "./validation/context.ts";
import { validateMetadata, validateOwnerLabel } from "./validation/metadata.ts";
import { denied, isRefusedAnyway, missingContainers } from "./validation/refusals.ts";
import { validateUsers } from "./validation/serving-annotations.ts";
import { validateNameChange, validateTemplate } from "./validation/template.ts";
import { insecureDefaults } from "./validation/warnings.ts";

export const configurationStrategy: Strategy<Configuration> = {
  prepare(draft, context) {
    if (context.operation === "CREATE") delete draft.status;
  },
  default(draft, context) {
    if (context.subresource !== "") return;
    draft.spec = completeTemplate(draft.spec);
    defaultTemplate(draft.spec.template, oldOf<Configuration>(context)?.spec.template, draft.metadata, settingsOf(context));
    if ((draft.metadata.ownerReferences?.length ?? 0) === 0) setUserInfo(draft, context);
  },
  validate: (configuration, context) => (context.subresource === "" ? validate(configuration, context) : undefined),
  warnings: (configuration, context) =>
    context.subresource === "" ? insecureDefaults(configuration.spec?.template?.spec, settingsOf(context).features) : [],
};

function validate(configuration: Configuration, context: AdmissionContext): Refusal | undefined {
  if (isRefusedAnyway("Configuration", configuration, context)) return undefined;
  const { metadata, spec } = configuration;
  const noContainers = missingContainers(spec.template.spec.containers, "spec.template.spec.containers");
  if (noContainers !== undefined) return noContainers;
  const old = oldOf<Configuration>(context);
  return denied([
    ...viaField("metadata", [...validateMetadata(metadata), ...validateOwnerLabel(metadata, SERVICE_LABEL, "Service")]),
    ...viaField("spec.template", validateTemplate(spec.template, metadata, settingsOf(context))),
    ...viaField("metadata", validateUsers(configuration, old)),
    ...(old === undefined ? [] : viaField("spec.template", validateNameChange(spec.template, old.spec.template))),
  ]);
}
