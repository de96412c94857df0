import type { EndpointSlice } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const endpointSliceKind = defineKind<EndpointSlice>({
  group: "discovery.k8s.io",
  version: "v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  namespaced: true,
  definition: "io.k8s.api.discovery.v1.EndpointSlice",
  generation: "spec",
});
