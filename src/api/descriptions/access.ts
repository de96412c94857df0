import type { DescribedGroup } from "./describe.ts";

const verbs = "Verbs, e.g. get, list, watch, create, update, patch, delete; * is all.";
const apiGroups = 'Groups; "" is the core group, * is all.';
const resources = "Plurals, with a slash for subresources, e.g. pods/log; * is all.";
const resourceNames = "Names of objects. Empty: all of them.";
const nonResourceURLs = "Paths, e.g. /healthz; * at the end is any rest.";
const name = "Its name.";

export const rbacTexts: DescribedGroup = {
  prefix: "io.k8s.api.rbac.v1.",
  types: {
    Role: { "": "Rights within one namespace, to be bound to somebody.", rules: "The rights. They add up; nothing can be taken away." },
    ClusterRole: {
      "": "Rights everywhere, or, bound by a RoleBinding, in its namespace.",
      rules: "The rights. Filled by the controller when there is an aggregationRule.",
      aggregationRule: "Collects the rules of other ClusterRoles.",
    },
    RoleBinding: {
      "": "Gives the rights of a role to subjects, within its namespace.",
      subjects: "Who gets them.",
      roleRef: "The Role of the namespace, or a ClusterRole. Fixed.",
    },
    ClusterRoleBinding: {
      "": "Gives the rights of a ClusterRole to subjects, everywhere.",
      subjects: "Who gets them.",
      roleRef: "The ClusterRole. Fixed.",
    },
    PolicyRule: { "": "What may be done with what.", verbs, apiGroups, resources, resourceNames, nonResourceURLs },
    AggregationRule: {
      "": "Which ClusterRoles are added up.",
      clusterRoleSelectors: "Selects them by label; those of any selector count.",
    },
    Subject: {
      "": "Somebody who can have rights.",
      kind: "User, Group or ServiceAccount.",
      apiGroup: "rbac.authorization.k8s.io for User and Group, empty for ServiceAccount. Set by the server.",
      name,
      namespace: "Namespace of a ServiceAccount; empty for the others.",
    },
    RoleRef: { "": "A role.", apiGroup: "rbac.authorization.k8s.io.", kind: "Role or ClusterRole.", name },
  },
};

const reviewed = {
  spec: "The question.",
  status: "The answer, filled by the server.",
};
const selector = {
  rawSelector: "The selector as it stands in a request. Not together with requirements.",
  requirements: "The selector's requirements.",
};

export const authorizationTexts: DescribedGroup = {
  prefix: "io.k8s.api.authorization.v1.",
  types: {
    SubjectAccessReview: { "": "Asks whether somebody may do something. Answered, never stored.", ...reviewed },
    LocalSubjectAccessReview: { "": "Asks whether somebody may do something in the namespace of the request.", ...reviewed },
    SelfSubjectAccessReview: { "": "Asks whether you may do something, as `kubectl auth can-i` does.", ...reviewed },
    SelfSubjectRulesReview: { "": "Asks for all that you may do in a namespace, as `kubectl auth can-i --list` does.", ...reviewed },
    SubjectAccessReviewSpec: {
      "": "Who wants to do what. Exactly one of resourceAttributes and nonResourceAttributes.",
      resourceAttributes: "A request for objects.",
      nonResourceAttributes: "A request for another path.",
      user: "Name of the user.",
      groups: "Groups of the user. Nothing is added to them.",
      extra: "Further properties of the user.",
      uid: "Identity of the user.",
    },
    SelfSubjectAccessReviewSpec: {
      "": "What you want to do. Exactly one of the two.",
      resourceAttributes: "A request for objects.",
      nonResourceAttributes: "A request for another path.",
    },
    SelfSubjectRulesReviewSpec: { "": "Where.", namespace: "The namespace." },
    ResourceAttributes: {
      "": "A request for objects.",
      namespace: "Namespace. Empty: all, or a kind of the whole cluster.",
      verb: "Verb, e.g. get; * is all.",
      group: "API group; * is all.",
      version: "API version. Rights do not depend on it.",
      resource: "Plural, e.g. pods; * is all.",
      subresource: "Subresource, e.g. log. Empty: the object itself.",
      name: "Name of the object. Empty: all.",
      fieldSelector: "Restriction by fields. Rights do not depend on it.",
      labelSelector: "Restriction by labels. Rights do not depend on it.",
    },
    NonResourceAttributes: { "": "A request for a path.", path: "The path.", verb: "HTTP verb in lower case." },
    FieldSelectorAttributes: { "": "A field selector.", ...selector },
    LabelSelectorAttributes: { "": "A label selector.", ...selector },
    SubjectAccessReviewStatus: {
      "": "Whether it is allowed.",
      allowed: "True: it is.",
      denied: "True: somebody has forbidden it. RBAC forbids nothing, so false here.",
      reason: "Why, e.g. which binding allows it.",
      evaluationError: "What went wrong while deciding; the answer holds all the same.",
    },
    SubjectRulesReviewStatus: {
      "": "All that is allowed.",
      resourceRules: "Rights to objects.",
      nonResourceRules: "Rights to paths.",
      incomplete: "Whether there may be more.",
      evaluationError: "What went wrong while collecting.",
    },
    ResourceRule: { "": "Rights to objects.", verbs, apiGroups, resources, resourceNames },
    NonResourceRule: { "": "Rights to paths.", verbs: "HTTP verbs in lower case; * is all.", nonResourceURLs },
  },
};

export const authenticationTexts: DescribedGroup = {
  prefix: "io.k8s.api.authentication.v1.",
  types: {
    SelfSubjectReview: { "": "Asks who you are, as `kubectl auth whoami` does. Answered, never stored.", status: "The answer." },
    SelfSubjectReviewStatus: { "": "Who you are.", userInfo: "The user as whom your request was taken." },
    TokenReview: { "": "Asks whom a token stands for. Answered, never stored.", ...reviewed },
    TokenReviewSpec: {
      "": "The token.",
      token: "The token itself.",
      audiences: "Audiences of which the token must have one. Default: the API server's.",
    },
    TokenReviewStatus: {
      "": "Whom the token stands for.",
      authenticated: "Whether the token is valid.",
      user: "Whom it stands for.",
      audiences: "Which of the audiences it has.",
      error: "Why it is not valid.",
    },
    UserInfo: {
      "": "A user.",
      username: "Name, e.g. system:serviceaccount:default:default.",
      uid: "Identity; of a ServiceAccount its uid.",
      groups: "Groups.",
      extra: "Further properties, e.g. the Pod for which a token was issued.",
    },
  },
};
