import { customResourceDefinitionKind } from "./apiextensions/custom-resource-definition.ts";
import { deploymentKind } from "./apps/deployment.ts";
import { replicaSetKind } from "./apps/replica-set.ts";
import { selfSubjectReviewKind } from "./authentication/self-subject-review.ts";
import { tokenReviewKind } from "./authentication/token-review.ts";
import { localSubjectAccessReviewKind } from "./authorization/local-subject-access-review.ts";
import { selfSubjectAccessReviewKind } from "./authorization/self-subject-access-review.ts";
import { selfSubjectRulesReviewKind } from "./authorization/self-subject-rules-review.ts";
import { subjectAccessReviewKind } from "./authorization/subject-access-review.ts";
import { leaseKind } from "./coordination/lease.ts";
import { configMapKind } from "./core/config-map.ts";
import { endpointsKind } from "./core/endpoints.ts";
import { eventKind } from "./core/event.ts";
import { namespaceKind } from "./core/namespace.ts";
import { nodeKind } from "./core/node.ts";
import { persistentVolumeClaimKind } from "./core/persistent-volume-claim.ts";
import { podKind } from "./core/pod.ts";
import { secretKind } from "./core/secret.ts";
import { serviceKind } from "./core/service.ts";
import { serviceAccountKind } from "./core/service-account.ts";
import { endpointSliceKind } from "./discovery/endpoint-slice.ts";
import { eventsV1EventKind } from "./events/event.ts";
import { clusterRoleKind } from "./rbac/cluster-role.ts";
import { clusterRoleBindingKind } from "./rbac/cluster-role-binding.ts";
import { roleKind } from "./rbac/role.ts";
import { roleBindingKind } from "./rbac/role-binding.ts";
import type { Kind } from "./meta/kind.ts";

/** The kinds of Kubernetes that Kinetic serves. */
export const builtinKinds: readonly Kind[] = [
  namespaceKind,
  configMapKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
  endpointsKind,
  persistentVolumeClaimKind,
  podKind,
  nodeKind,
  eventKind,
  eventsV1EventKind,
  deploymentKind,
  replicaSetKind,
  endpointSliceKind,
  leaseKind,
  roleKind,
  roleBindingKind,
  clusterRoleKind,
  clusterRoleBindingKind,
  customResourceDefinitionKind,
  selfSubjectAccessReviewKind,
  selfSubjectRulesReviewKind,
  subjectAccessReviewKind,
  localSubjectAccessReviewKind,
  selfSubjectReviewKind,
  tokenReviewKind,
];
