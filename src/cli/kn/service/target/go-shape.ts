/** Objects in the shape in which Go programs write them: members in the order of the types, some always there. */
import type { Container } from "../../../../api/k8s/types.generated.ts";
import type { Revision } from "../../../../api/serving/revision.ts";
import type { KnativeService } from "../../../../api/serving/service.ts";

const CONTAINER = [
  "name",
  "image",
  "command",
  "args",
  "workingDir",
  "ports",
  "envFrom",
  "env",
  "resources",
  "volumeMounts",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
] as const satisfies readonly (keyof Container)[];

/** The name is there also when it is empty, and so are resources. */
export function goContainer(container: Container): Container {
  const whole: Container = { ...container, name: container.name ?? "", resources: container.resources ?? {} };
  const first = CONTAINER.flatMap((key) => (whole[key] === undefined ? [] : [[key, whole[key]] as const]));
  return { ...Object.fromEntries(first), ...whole };
}

function goSpec<T extends { containers?: Container[] | undefined }>(spec: T): T {
  return { ...spec, containers: (spec.containers ?? []).map(goContainer) };
}

/** The service as kn writes it to a file or exports it. */
export function goService({ metadata, spec, status }: KnativeService): KnativeService {
  const { metadata: templateMetadata, spec: podSpec } = spec.template;
  const template = { ...(templateMetadata === undefined ? {} : { metadata: templateMetadata }), spec: goSpec(podSpec) };
  return { kind: "Service", apiVersion: "serving.knative.dev/v1", metadata, spec: { ...spec, template }, status: status ?? {} };
}

export function goRevision({ metadata, spec, status }: Revision): Revision {
  return {
    kind: "Revision",
    apiVersion: "serving.knative.dev/v1",
    metadata,
    spec: goSpec(spec ?? { containers: [] }),
    status: status ?? {},
  };
}
