import type { CustomResourceDefinitionNames, CustomResourceDefinitionStatus } from "../k8s/types.generated.ts";

/** The names that follow from others are filled in. */
export function fullNames(names: CustomResourceDefinitionNames): CustomResourceDefinitionNames {
  const kind = String(names.kind);
  return { ...names, singular: names.singular || kind.toLowerCase(), listKind: names.listKind || `${kind}List` };
}

/** The status of a definition that is served. */
export function acceptedStatus(
  names: CustomResourceDefinitionNames,
  storedVersions: string[],
  since: string,
): CustomResourceDefinitionStatus {
  return {
    conditions: [
      { type: "NamesAccepted", status: "True", lastTransitionTime: since, reason: "NoConflicts", message: "no conflicts found" },
      {
        type: "Established",
        status: "True",
        lastTransitionTime: since,
        reason: "InitialNamesAccepted",
        message: "the initial names have been accepted",
      },
    ],
    acceptedNames: names,
    storedVersions,
  };
}
