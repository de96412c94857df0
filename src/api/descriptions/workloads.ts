import type { DescribedGroup } from "./describe.ts";

const condition = {
  status: "True, False or Unknown.",
  lastTransitionTime: "When `status` last changed.",
  reason: "Why, as one CamelCase word for programs.",
  message: "Why, as a sentence for people.",
};
const status = {
  observedGeneration: "The metadata.generation that the status is about.",
  replicas: "Pods that are there and not being deleted.",
  readyReplicas: "Pods that are ready.",
  availableReplicas: "Pods that have been ready for minReadySeconds.",
  terminatingReplicas: "Pods that are being deleted. Not reported.",
};
const minReadySeconds = "Seconds that a Pod must be ready before it counts as available. Default 0.";

export const workloadTexts: DescribedGroup = {
  prefix: "io.k8s.api.apps.v1.",
  types: {
    Deployment: {
      "": "Keeps a number of equal Pods running and replaces them step by step when the template changes.",
      spec: "What shall run, how often, and how it is replaced.",
      status: "How far that has come.",
    },
    DeploymentSpec: {
      "": "What shall run.",
      replicas: "How many Pods. Default 1. The autoscaler sets it for revisions.",
      selector: "Which Pods belong to it. Must match the template's labels and never changes.",
      template: "What the Pods look like. Each change starts a rollout.",
      strategy: "How old Pods are replaced by new ones.",
      minReadySeconds,
      revisionHistoryLimit: "How many old ReplicaSets are kept for a rollback. Default 10.",
      paused: "Whether rollouts wait. Scaling goes on.",
      progressDeadlineSeconds:
        "Seconds without progress after which a rollout counts as failed (ProgressDeadlineExceeded). " +
        "Default 600; more than minReadySeconds.",
    },
    DeploymentStrategy: {
      "": "How old Pods are replaced.",
      type: "RollingUpdate (default) or Recreate, which ends all old Pods first.",
      rollingUpdate: "How many at a time; for RollingUpdate only.",
    },
    RollingUpdateDeployment: {
      "": "Limits of a rollout, as numbers or percents of replicas. Not both 0.",
      maxUnavailable: "How many Pods may be missing meanwhile. Percents are rounded down. Default 25%.",
      maxSurge: "How many Pods more than replicas there may be meanwhile. Percents are rounded up. Default 25%.",
    },
    DeploymentStatus: {
      "": "How far a Deployment has come.",
      ...status,
      updatedReplicas: "Pods of the present template.",
      unavailableReplicas: "Pods that are missing until all are available.",
      conditions: "Available, Progressing and, after errors, ReplicaFailure.",
      collisionCount: "How often the name of a new ReplicaSet was taken; it goes into the next name.",
    },
    DeploymentCondition: {
      "": "One aspect of a Deployment's state.",
      type: "Available, Progressing or ReplicaFailure.",
      ...condition,
      lastUpdateTime: "When the condition was last written.",
    },
    ReplicaSet: {
      "": "Keeps a number of equal Pods running. Usually made by a Deployment.",
      spec: "How many Pods, and what they look like.",
      status: "How many there are.",
    },
    ReplicaSetSpec: {
      "": "What shall run.",
      replicas: "How many Pods. Default 1.",
      minReadySeconds,
      selector: "Which Pods count, also ones that it did not make. Must match the template's labels and never changes.",
      template: "What new Pods look like. Running ones are not replaced when it changes.",
    },
    ReplicaSetStatus: {
      "": "How many Pods there are.",
      ...status,
      fullyLabeledReplicas: "Pods with all labels of the template.",
      conditions: "ReplicaFailure, when Pods cannot be made or deleted.",
    },
    ReplicaSetCondition: { "": "One aspect of a ReplicaSet's state.", type: "ReplicaFailure.", ...condition },
  },
};

export const scaleTexts: DescribedGroup = {
  prefix: "io.k8s.api.autoscaling.v1.",
  types: {
    Scale: {
      "": "The number of replicas of another object, read and written at its /scale.",
      spec: "The number that is wanted.",
      status: "The number that there is.",
    },
    ScaleSpec: { "": "The number that is wanted.", replicas: "How many replicas." },
    ScaleStatus: {
      "": "The number that there is.",
      replicas: "How many replicas there are.",
      selector: "Selects them, in the form that list requests take, e.g. app=web.",
    },
  },
};
