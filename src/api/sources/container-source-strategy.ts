import { defaultDestination, validateDestination } from "../duck/destination.ts";
import { eachOf, missingField, viaField } from "../duck/field-error.ts";
import { failsEarlier } from "../duck/refusals.ts";
import { validateOverrides } from "../duck/source.ts";
import { denied, destinationRules, featuresOf } from "../eventing/webhook.ts";
import type { AdmissionContext, Refusal, Strategy } from "../meta/kind.ts";
import { dropStatus } from "../meta/strategy.ts";
import type { ContainerSource } from "./container-source.ts";

export const containerSourceStrategy: Strategy<ContainerSource> = {
  prepare: dropStatus,
  default(draft, context) {
    if (context.subresource !== "") return;
    draft.spec ??= {};
    draft.spec.template?.spec?.containers?.forEach((container, index) => {
      container.name ||= `${draft.metadata.name ?? ""}-${index}`;
    });
    defaultDestination(draft.spec.sink, draft.metadata.namespace);
  },
  validate: (source, context) => (context.subresource === "" ? validate(source, context) : undefined),
};

function validate(source: ContainerSource, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "sources.knative.dev", kind: "ContainerSource" }, source, context)) return undefined;
  const { sink, template, ceOverrides } = source.spec;
  const containers = template?.spec?.containers ?? [];
  return denied(
    viaField("spec", [
      ...viaField("sink", validateDestination(sink, destinationRules(featuresOf(context)))),
      ...(containers.length === 0 ? missingField("containers") : []),
      ...eachOf("containers", containers, ({ image }) => (image ? [] : missingField("image"))),
      ...validateOverrides(ceOverrides),
    ]),
  );
}
