import { configurationKind, type Configuration } from "../../../../../api/serving/configuration.ts";
import { revisionKind, type Revision } from "../../../../../api/serving/revision.ts";
import { apiVersionOf } from "../../../../../api/meta/kind.ts";
import {
  CONFIGURATION_GENERATION_LABEL,
  CONFIGURATION_LABEL,
  CONFIGURATION_UID_LABEL,
  CREATOR_ANNOTATION,
  LAST_MODIFIER_ANNOTATION,
  ROUTES_ANNOTATION,
  ROUTING_STATE_LABEL,
  ROUTING_STATE_MODIFIED_ANNOTATION,
  SERVICE_LABEL,
  SERVICE_UID_LABEL,
} from "../../../../../api/names/labels.ts";
import { revisionName } from "../../../../../api/names/serving.ts";
import { rfc3339 } from "../../../../../std/clock.ts";
import { controllerRef } from "../../../../controller/owners.ts";
import { entry } from "../../shared/metadata.ts";

/** The name of the revision that the present template stands for. */
export function nameOfRevision(configuration: Configuration): string {
  const { name = "", generation = 0 } = configuration.metadata;
  return configuration.spec.template.metadata?.name || revisionName(name, generation);
}

/** The revision of the present template. A Configuration that is routed to makes revisions that count as routed at once. */
export function makeRevision(configuration: Configuration, now: number): Revision {
  const { namespace, annotations } = configuration.metadata;
  const { template } = configuration.spec;
  const routes = annotations?.[ROUTES_ANNOTATION];
  return {
    apiVersion: apiVersionOf(revisionKind),
    kind: revisionKind.kind,
    metadata: {
      name: nameOfRevision(configuration),
      namespace,
      labels: { ...template.metadata?.labels, ...ownLabels(configuration), [ROUTING_STATE_LABEL]: routes ? "active" : "pending" },
      annotations: {
        ...template.metadata?.annotations,
        ...entry(CREATOR_ANNOTATION, annotations?.[LAST_MODIFIER_ANNOTATION]),
        ...entry(ROUTES_ANNOTATION, routes || undefined),
        [ROUTING_STATE_MODIFIED_ANNOTATION]: rfc3339(now),
      },
      ownerReferences: [controllerRef(configurationKind, configuration)],
    },
    spec: template.spec,
  };
}

function ownLabels(configuration: Configuration): Record<string, string> {
  const { name = "", uid = "", generation = 0, labels } = configuration.metadata;
  return {
    [CONFIGURATION_LABEL]: name,
    [CONFIGURATION_UID_LABEL]: uid,
    [CONFIGURATION_GENERATION_LABEL]: String(generation),
    ...entry(SERVICE_LABEL, labels?.[SERVICE_LABEL]),
    ...entry(SERVICE_UID_LABEL, labels?.[SERVICE_UID_LABEL]),
  };
}
