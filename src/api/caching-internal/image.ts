import { Type, type Static } from "typebox";
import type { LocalObjectReference } from "../k8s/types.generated.ts";
import type { Kind, KindRef } from "../meta/kind.ts";
import { column } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { optional, ref as refTo } from "../duck/typebox.ts";
import { SERVING_CRD_LABELS } from "../names/crd-labels.ts";

const specSchema = Type.Object({
  image: Type.String(),
  imagePullSecrets: optional(Type.Array(refTo<LocalObjectReference>("io.k8s.api.core.v1.LocalObjectReference"))),
  serviceAccountName: optional(Type.String()),
});

const schema = objectSchema(specSchema, Type.Object(statusProperties));
/** `caching.internal.knative.dev/v1alpha1 Image` */
export type Image = Static<typeof schema>;

const ref: KindRef<Image> = {
  group: "caching.internal.knative.dev",
  version: "v1alpha1",
  kind: "Image",
  plural: "images",
  namespaced: true,
};

export const imageKind: Kind<Image> = {
  ...ref,
  ...definitionOf(ref, "An Image asks for an image to be kept near the machines that run it.", schema),
  singular: "image",
  shortNames: [],
  categories: ["knative-internal", "caching"],
  subresources: { status: true },
  generation: "spec",
  columns: [column("Image", ".spec.image", (image) => image.spec.image)],
  strategy: {},
  crd: { labels: SERVING_CRD_LABELS },
};
