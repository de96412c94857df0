import { rfc3339 } from "../../std/clock.ts";
import type { CustomResourceDefinition } from "../k8s/types.generated.ts";
import { createdAtColumn, defineKind, nameColumn } from "../meta/define-kind.ts";
import type { AdmissionContext } from "../meta/kind.ts";
import { dropStatus, oldOf, strategyOf } from "../meta/strategy.ts";
import { acceptedStatus, fullNames } from "./names.ts";
import { crdCauses, scopeCauses } from "./validation.ts";

export const customResourceDefinitionKind = defineKind<CustomResourceDefinition>({
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
  definition: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  subresources: { status: true },
  generation: "spec",
  columns: [nameColumn(), createdAtColumn()],
  strategy: strategyOf<CustomResourceDefinition>({
    prepare: dropStatus,
    default: defaultDefinition,
    causes: (object, context) => [...crdCauses(object), ...scopeCauses(object, oldOf(context))],
  }),
});

/** Names are accepted at once: nothing else serves kinds here that they could collide with. */
function defaultDefinition(draft: CustomResourceDefinition, { now, subresource }: AdmissionContext): void {
  const { spec } = draft;
  if (spec?.names === undefined) return;
  spec.names = fullNames(spec.names);
  spec.conversion ??= { strategy: "None" };
  const storage = (spec.versions ?? []).find((version) => version.storage);
  const stored = storage === undefined ? [] : [storage.name];
  draft.status ??= acceptedStatus(spec.names, stored, rfc3339(now));
  if (subresource === "") {
    draft.status.acceptedNames = spec.names;
    draft.status.storedVersions = [...new Set([...(draft.status.storedVersions ?? []), ...stored])];
  }
}
