import type { Container, ContainerPort, Volume } from "../../k8s/types.generated.ts";
import {
  disallowedFields,
  fieldError,
  invalidValue,
  missingField,
  outOfBounds,
  viaField,
  type FieldErrors,
} from "../../duck/field-error.ts";
import { isAllowed, type FeaturesConfig } from "../../config/features.ts";
import { validateEnv, validateEnvFrom } from "./env.ts";
import { imageReferenceFault } from "./image-reference.ts";
import { validateOtherProbe, validateReadinessProbe } from "./probes.ts";
import { validateSecurityContext } from "./security.ts";
import { validateVolumeMounts } from "./volumes.ts";

/** What a container is checked against. */
export interface ContainerSite {
  readonly features: FeaturesConfig;
  readonly volumes: readonly Volume[] | undefined;
  /** The container that the traffic goes to, one beside it, or one that runs before. */
  readonly role: "serving" | "sidecar" | "init";
}

const RESERVED_NAMES = ["queue-proxy"];
const RESERVED_PORTS = [8008, 8012, 8013, 8022, 9090, 9091];
const PORT_MAX = 65_535;
const PORT_NAMES = ["", "http1", "h2c"];
const MESSAGE_POLICIES = [undefined, "", "File", "FallbackToLogsOnError"];

/** Faults of one container, relative to it. */
export function validateContainer(container: Container, site: ContainerSite): FieldErrors {
  const { features, volumes, role } = site;
  return [
    ...nameFault(container.name),
    ...imageFault(container.image),
    ...viaField("ports", portFaults(container.ports)),
    ...probeFaults(container, site),
    ...viaField("securityContext", validateSecurityContext(container.securityContext, features)),
    ...(MESSAGE_POLICIES.includes(container.terminationMessagePolicy)
      ? []
      : invalidValue(container.terminationMessagePolicy, "terminationMessagePolicy")),
    ...validateVolumeMounts(container.volumeMounts, volumes, features),
    ...validateEnv(container.env, role !== "serving", features),
    ...validateEnvFrom(container.envFrom),
  ];
}

function nameFault(name: string): FieldErrors {
  return RESERVED_NAMES.includes(name) ? fieldError(`${JSON.stringify(name)} is a reserved container name`, "name") : [];
}

function imageFault(image: string | undefined): FieldErrors {
  if (!image) return missingField("image");
  const fault = imageReferenceFault(image);
  return fault === undefined
    ? []
    : fieldError("Failed to parse image reference", "image", `image: ${JSON.stringify(image)}, error: ${fault}`);
}

function portFaults(ports: readonly ContainerPort[] | undefined): FieldErrors {
  const port = ports?.[0];
  if (port === undefined) return [];
  const { containerPort = 0, name = "", protocol = "" } = port as Partial<ContainerPort>;
  return [
    ...(RESERVED_PORTS.includes(containerPort)
      ? invalidValue(
          `${containerPort} is a reserved port`,
          "containerPort",
          `${containerPort} is a reserved port, please use a different value`,
        )
      : []),
    ...(containerPort < 0 || containerPort > PORT_MAX ? outOfBounds(containerPort, 0, PORT_MAX, "containerPort") : []),
    ...(protocol === "" || protocol === "TCP" ? [] : invalidValue(protocol, "protocol")),
    ...(PORT_NAMES.includes(name)
      ? []
      : fieldError(`Port name ${name} is not allowed`, "", "Name must be empty, or one of: 'h2c', 'http1'")),
  ];
}

function probeFaults(container: Container, { features, role }: ContainerSite): FieldErrors {
  const given = (["livenessProbe", "readinessProbe", "startupProbe"] as const).filter((field) => container[field] !== undefined);
  const mayProbe = role === "serving" || (role === "sidecar" && isAllowed(features, "multi-container-probing"));
  if (!mayProbe) return given.length > 0 ? disallowedFields(...given) : [];
  const site = { port: container.ports?.[0], isSidecar: role === "sidecar" };
  return [
    ...viaField("readinessProbe", validateReadinessProbe(container.readinessProbe, site)),
    ...viaField("livenessProbe", validateOtherProbe(container.livenessProbe, site)),
    ...viaField("startupProbe", validateOtherProbe(container.startupProbe, site)),
  ];
}
