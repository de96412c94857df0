import type { DescribedGroup } from "./describe.ts";

export const claimTexts: DescribedGroup = {
  prefix: "io.k8s.api.core.v1.",
  types: {
    PersistentVolumeClaim: {
      "": "A wish for storage. Kinetic keeps claims, so that clients find them, and binds none: they stay Pending.",
      spec: "How much of which storage is wished for.",
      status: "What was given, and where that stands.",
    },
    PersistentVolumeClaimStatus: {
      phase: "Pending, Bound or Lost. Always Pending here.",
      accessModes: "How the bound volume can be mounted.",
      capacity: "Size of the bound volume.",
      conditions: "Where a change of the volume stands.",
      allocatedResources: "Sizes that a running change has reserved.",
      allocatedResourceStatuses: "State of a running change, by resource.",
      currentVolumeAttributesClassName: "Class of attributes that the volume has now.",
      modifyVolumeStatus: "A running change of the class of attributes.",
      "": "What was given for the claim.",
    },
    PersistentVolumeClaimCondition: {
      "": "One fact about a claim.",
      type: "What the fact is about.",
      status: "True, False or Unknown.",
      lastProbeTime: "When it was last looked at.",
      lastTransitionTime: "When the status last changed.",
      reason: "The cause, as one word in CamelCase.",
      message: "The cause, for people.",
    },
    ModifyVolumeStatus: {
      "": "A running change of a volume's attributes.",
      targetVolumeAttributesClassName: "The class that is being changed to.",
      status: "Pending, InProgress or Infeasible.",
    },
  },
};
