import { deploymentKind } from "../../../../api/apps/deployment.ts";
import type { Deployment, PodSpec } from "../../../../api/k8s/types.generated.ts";
import { childName } from "../../../../api/names/child-name.ts";
import { containerSourceKind, type ContainerSource } from "../../../../api/sources/container-source.ts";
import type { SinkBinding } from "../../../../api/sources/sink-binding.ts";
import { injectSink } from "../../../../api/sources/sink-injection.ts";
import { apiVersionOf } from "../../../../api/meta/kind.ts";
import { deepClone } from "../../../../std/json.ts";
import { controllerRef } from "../../../controller/owners.ts";

const SOURCE_LABEL = "sources.knative.dev/source";
const NAME_LABEL = "sources.knative.dev/containerSource";

export function deploymentName({ metadata }: ContainerSource): string {
  return childName(metadata.name ?? "", "-deployment");
}

function labelsOf({ metadata }: ContainerSource): Record<string, string> {
  return { [SOURCE_LABEL]: "container-source-controller", [NAME_LABEL]: metadata.name ?? "" };
}

/** One Pod of the template, with the sink that the binding has. */
export function makeDeployment(source: ContainerSource, binding: SinkBinding): Deployment {
  const { template } = source.spec;
  const labels = labelsOf(source);
  const spec: PodSpec = deepClone(template?.spec ?? { containers: [] });
  injectSink(spec, binding);
  return {
    apiVersion: apiVersionOf(deploymentKind),
    kind: "Deployment",
    metadata: {
      name: deploymentName(source),
      namespace: source.metadata.namespace ?? "",
      labels,
      ownerReferences: [controllerRef(containerSourceKind, source)],
    },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { ...template?.metadata, labels: { ...template?.metadata?.labels, ...labels } },
        spec,
      },
    },
  };
}

export function makeSinkBinding(source: ContainerSource): SinkBinding {
  const { ceOverrides, sink } = source.spec;
  const namespace = source.metadata.namespace ?? "";
  return {
    apiVersion: "sources.knative.dev/v1",
    kind: "SinkBinding",
    metadata: {
      name: childName(source.metadata.name ?? "", "-sinkbinding"),
      namespace,
      ownerReferences: [controllerRef(containerSourceKind, source)],
    },
    spec: {
      ...(ceOverrides === undefined ? {} : { ceOverrides }),
      ...(sink === undefined ? {} : { sink }),
      subject: { apiVersion: apiVersionOf(deploymentKind), kind: "Deployment", namespace, name: deploymentName(source) },
    },
  };
}
