import type { DescribedGroup } from "./describe.ts";

const labelTerms = "Selects the Pods in question by their labels.";

/** Where Pods may go. */
export const placementTexts: DescribedGroup = {
  prefix: "io.k8s.api.core.v1.",
  types: {
    Affinity: {
      "": "Wishes and demands about nodes and neighbours.",
      nodeAffinity: "About labels of the node. What is required is obeyed; preferences are not.",
      podAffinity: "Near other Pods. Accepted, without effect on one node.",
      podAntiAffinity: "Away from other Pods. Accepted, without effect.",
    },
    NodeAffinity: {
      "": "Rules about the node.",
      requiredDuringSchedulingIgnoredDuringExecution: "What a node must be like. Looked at when the Pod is placed, not later.",
      preferredDuringSchedulingIgnoredDuringExecution: "What a node had better be like. Without effect.",
    },
    PreferredSchedulingTerm: {
      "": "A preference with its weight.",
      weight: "How much it counts, 1 to 100.",
      preference: "What the node had better be like.",
    },
    NodeSelector: { "": "Nodes of which at least one term holds.", nodeSelectorTerms: "The terms, one or more." },
    NodeSelectorTerm: {
      "": "Requirements that must all hold. An empty term selects nothing.",
      matchExpressions: "Requirements on labels.",
      matchFields: "Requirements on fields; only metadata.name.",
    },
    NodeSelectorRequirement: {
      "": "A requirement on one label or field.",
      key: "Key of the label, or name of the field.",
      operator: "In, NotIn, Exists, DoesNotExist, Gt or Lt.",
      values: "Values for In and NotIn; one whole number for Gt and Lt; else empty.",
    },
    PodAffinity: {
      "": "Near these Pods. Without effect here.",
      requiredDuringSchedulingIgnoredDuringExecution: "Pods that must be near.",
      preferredDuringSchedulingIgnoredDuringExecution: "Pods that had better be near.",
    },
    PodAntiAffinity: {
      "": "Away from these Pods. Without effect here.",
      requiredDuringSchedulingIgnoredDuringExecution: "Pods that must not be near.",
      preferredDuringSchedulingIgnoredDuringExecution: "Pods that had better not be near.",
    },
    WeightedPodAffinityTerm: {
      "": "A preference with its weight.",
      weight: "How much it counts, 1 to 100.",
      podAffinityTerm: "The Pods in question.",
    },
    PodAffinityTerm: {
      "": "Pods, and what being near means.",
      labelSelector: labelTerms,
      namespaces: "Their namespaces. Default: the Pod's own.",
      namespaceSelector: "Selects namespaces by label, besides those listed.",
      topologyKey: "Label of nodes: equal values are near each other.",
      matchLabelKeys: "Labels whose value must be the same as the Pod's.",
      mismatchLabelKeys: "Labels whose value must differ from the Pod's.",
    },
    TopologySpreadConstraint: {
      "": "How evenly Pods are spread. Without effect on one node.",
      maxSkew: "Largest difference in number between two domains.",
      topologyKey: "Label of nodes whose values are the domains.",
      whenUnsatisfiable: "DoNotSchedule or ScheduleAnyway.",
      labelSelector: labelTerms,
      minDomains: "Fewest domains there should be.",
      nodeAffinityPolicy: "Honor or Ignore: whether nodes that the Pod does not want count.",
      nodeTaintsPolicy: "Honor or Ignore: whether nodes that the Pod does not tolerate count.",
      matchLabelKeys: "Labels whose value must be the same as the Pod's.",
    },
    Toleration: {
      "": "Taints that the Pod puts up with.",
      key: "Key of the taint. Empty with Exists: every taint.",
      operator: "Equal (default) or Exists.",
      value: "Value for Equal.",
      effect: "NoSchedule, PreferNoSchedule or NoExecute. Empty: all.",
      tolerationSeconds: "Seconds that a running Pod bears a NoExecute taint. Kinetic never evicts.",
    },
    Taint: {
      "": "Keeps Pods off a node unless they tolerate it.",
      key: "Key of the taint.",
      value: "Value of the taint.",
      effect: "NoSchedule, PreferNoSchedule or NoExecute. Kinetic looks at it when it places Pods and evicts none.",
      timeAdded: "When it was added.",
    },
  },
};
