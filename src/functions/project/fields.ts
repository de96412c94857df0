import type { Shape } from "./shape.ts";

const text: Shape = { kind: "text" };
const anyText: Shape = { kind: "text", keepsEmpty: true };
const flag: Shape = { kind: "flag" };
const texts: Shape = { kind: "map", of: anyText };
const deployer: Shape = { kind: "text", choices: ["knative", "raw", "keda"] };
const envs: Shape = { kind: "list", of: fields({ name: anyText, value: anyText }) };
const REPLICAS = 2 ** 31 - 1;

function fields(known: Readonly<Record<string, Shape>>, retired: readonly string[] = []): Shape {
  return { kind: "fields", fields: known, retired };
}

const build = fields({
  git: fields({ url: text, revision: text, contextDir: text }),
  builderImages: texts,
  buildpacks: { kind: "list", of: text },
  builder: { kind: "text", choices: ["pack", "s2i", "host"] },
  buildEnvs: envs,
  baseImage: text,
  pvcSize: text,
  remoteStorageClass: text,
  volumes: { kind: "list", of: fields({ hostPath: text, path: text }) },
});

const volume = fields({
  secret: text,
  configMap: text,
  persistentVolumeClaim: fields({ claimName: text, readOnly: flag }),
  emptyDir: fields({ medium: text, sizeLimit: text }),
  path: text,
});

const run = fields({
  volumes: { kind: "list", of: volume },
  envs,
  startTimeout: text,
  kafka: fields({ brokers: { kind: "list", of: text }, topic: text, consumerGroup: text }),
});

const scale = fields({
  min: { kind: "number", whole: true, min: 0, max: REPLICAS },
  max: { kind: "number", whole: true, min: 0, max: REPLICAS },
  metric: { kind: "text", choices: ["concurrency", "rps"] },
  target: { kind: "number", min: 0.01 },
  utilization: { kind: "number", min: 1, max: 100 },
});

const resources = fields({
  requests: fields({ cpu: text, memory: text }),
  limits: fields({ cpu: text, memory: text, concurrency: { kind: "number", whole: true, min: 0, max: REPLICAS } }),
});

const deploy = fields(
  {
    namespace: text,
    image: text,
    deployer,
    annotations: texts,
    options: fields({ scale, resources }),
    labels: { kind: "list", of: fields({ key: anyText, value: anyText }) },
    healthEndpoints: fields({ liveness: text, readiness: text }),
    serviceAccountName: text,
    imagePullSecret: text,
    managementDisabled: flag,
    subscriptions: { kind: "list", of: fields({ source: text, filters: texts }) },
  },
  ["remote"],
);

/** func.yaml of specVersion 0.36.0; fields in the order in which they are written. */
export const FUNCTION_SHAPE: Extract<Shape, { kind: "fields" }> = {
  kind: "fields",
  fields: {
    specVersion: text,
    name: text,
    domain: text,
    runtime: text,
    registry: text,
    registryInsecure: flag,
    image: text,
    namespace: text,
    created: text,
    invoke: { kind: "text", choices: ["http", "cloudevent"] },
    deployer,
    build,
    run,
    deploy,
  },
  required: ["name", "runtime", "created"],
  retired: ["imageDigest", "template", "trigger", "builders"],
};

/** The names of the fields at a path, in order; undefined where any key may be. */
export function fieldsAt(path: readonly (string | number)[]): readonly string[] | undefined {
  let shape: Shape | undefined = FUNCTION_SHAPE;
  for (const step of path) shape = shapeBelow(shape, step);
  return shape?.kind === "fields" ? Object.keys(shape.fields) : undefined;
}

function shapeBelow(shape: Shape | undefined, step: string | number): Shape | undefined {
  if (shape?.kind === "fields") return shape.fields[step];
  return shape?.kind === "list" || shape?.kind === "map" ? shape.of : undefined;
}
