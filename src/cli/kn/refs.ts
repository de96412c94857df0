/** Where Serving's kinds live, without their schemas: a command line starts faster without them. */
import type { KindRef } from "../../api/meta/kind.ts";
import type { Configuration } from "../../api/serving/configuration.ts";
import type { DomainMapping } from "../../api/serving/domainmapping.ts";
import type { Revision } from "../../api/serving/revision.ts";
import type { Route } from "../../api/serving/route.ts";
import type { KnativeService } from "../../api/serving/service.ts";

const group = { group: "serving.knative.dev", version: "v1", namespaced: true } as const;

export const SERVICE: KindRef<KnativeService> = { ...group, kind: "Service", plural: "services" };
export const REVISION: KindRef<Revision> = { ...group, kind: "Revision", plural: "revisions" };
export const CONFIGURATION: KindRef<Configuration> = { ...group, kind: "Configuration", plural: "configurations" };
export const ROUTE: KindRef<Route> = { ...group, kind: "Route", plural: "routes" };
export const DOMAIN_MAPPING: KindRef<DomainMapping> = { ...group, version: "v1beta1", kind: "DomainMapping", plural: "domainmappings" };

export const USER_IMAGE_ANNOTATION = "client.knative.dev/user-image";
export const UPDATE_TIMESTAMP_ANNOTATION = "client.knative.dev/updateTimestamp";
