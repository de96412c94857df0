import { ApiError } from "../../../api/meta/errors.ts";
import type { CustomResourceDefinition } from "../../../api/k8s/types.generated.ts";
import type { KindRef } from "../../../api/meta/kind.ts";
import { compareText } from "../list.ts";
import type { Context } from "../kn.ts";

export const DEFINITION: KindRef<CustomResourceDefinition> = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
};

/** Definitions with this label, by name; undefined: we may not look. */
export async function definitionsOf(context: Context, labelSelector: string): Promise<readonly CustomResourceDefinition[] | undefined> {
  try {
    const { items } = await context.client.list(DEFINITION, { labelSelector });
    return items.toSorted((a, b) => compareText(a.metadata.name ?? "", b.metadata.name ?? ""));
  } catch (error) {
    if (error instanceof ApiError && error.reason === "Forbidden") return undefined;
    throw error;
  }
}
