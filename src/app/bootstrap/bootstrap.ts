import { DOMAIN_CONFIG } from "../../api/config/domain.ts";
import { shippedEventingConfigMaps } from "../../api/config/eventing/shipped.ts";
import { shippedConfigMaps } from "../../api/config/shipped.ts";
import { configMapKind } from "../../api/core/config-map.ts";
import { endpointsKind } from "../../api/core/endpoints.ts";
import { namespaceKind } from "../../api/core/namespace.ts";
import { serviceKind } from "../../api/core/service.ts";
import { EVENTING_NAMESPACE, SERVING_NAMESPACE } from "../../api/names/kinetic.ts";
import { clusterRoleBindingKind } from "../../api/rbac/cluster-role-binding.ts";
import type { Client } from "../../client/types.ts";
import type { Ports } from "../data-directory.ts";
import { ensure, replace } from "./put.ts";
import { registryHosting } from "./registry-hosting.ts";
import { gatewayServices, kubernetesService } from "./services.ts";
import { clusterRoleBindings, clusterRoles } from "./rbac.ts";
import { keepRole } from "./role-upkeep.ts";

const NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease", SERVING_NAMESPACE, EVENTING_NAMESPACE];

export interface BootstrapOptions {
  readonly ports: Ports;
  readonly domain: string;
  /** The user named the domain at this start: it replaces an earlier one. */
  readonly domainAsked: boolean;
}

/** Writes the objects that a fresh cluster with Knative has. What exists already is the user's and stays as it is, addresses apart. */
export async function bootstrap(client: Client, options: BootstrapOptions): Promise<void> {
  await Promise.all(NAMESPACES.map((name) => ensure(client, namespaceKind, { metadata: { name } })));
  const services = [kubernetesService(options.ports), ...gatewayServices(options.ports)];
  await Promise.all([
    ...clusterRoles().map((role) => keepRole(client, role)),
    ...clusterRoleBindings().map((binding) => ensure(client, clusterRoleBindingKind, binding)),
    ...shippedConfigMaps({ domain: options.domain }).map((map) =>
      options.domainAsked && map.metadata.name === DOMAIN_CONFIG ? replace(client, configMapKind, map) : ensure(client, configMapKind, map),
    ),
    replace(client, configMapKind, registryHosting(options.ports)),
    ...shippedEventingConfigMaps().map((map) => ensure(client, configMapKind, map)),
    ...services.map(({ service }) => ensure(client, serviceKind, service)),
    ...services.map(({ endpoints }) => replace(client, endpointsKind, endpoints)),
  ]);
}
