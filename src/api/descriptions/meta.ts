import type { DescribedGroup } from "./describe.ts";

/** Fields that every object and every list has. */
export const objectTexts: DescribedGroup = {
  prefix: "",
  types: {
    Object: {
      apiVersion: "Group and version of the kind, e.g. apps/v1; only the version for the core group.",
      kind: "Name of the kind in CamelCase, e.g. Deployment. Set by whoever writes the object and never changed.",
      metadata: "Name, labels, owners and other data that every object has.",
    },
    List: {
      "": "The answer to a list request.",
      apiVersion: "Group and version of the list.",
      kind: "Name of the list's kind: the kind of its items with List behind it.",
      items: "The objects, sorted by namespace and name.",
      metadata: "State of the collection that the list shows, and how to get the next page.",
    },
  },
};

export const metaTexts: DescribedGroup = {
  prefix: "io.k8s.apimachinery.pkg.apis.meta.v1.",
  types: {
    ObjectMeta: {
      "": "What identifies an object, who owns it, and what others have noted about it.",
      name: "Unique among the objects of its kind in the namespace, and fixed at creation. Mostly a DNS label or subdomain in lower case.",
      generateName: "Prefix from which the server makes a name when `name` is empty, by adding five random letters and digits.",
      namespace:
        "The namespace that the object is in, fixed at creation. Empty for kinds of the whole cluster; `default` when a client gives none.",
      selfLink: "No longer used; always empty.",
      uid: "Unique for all time, also between objects that had the same name one after the other. Set by the server.",
      resourceVersion:
        "Changes with every write. Send it back in an update to have it refused " +
        "(409 Conflict) if somebody else wrote meanwhile. Compare only for equality.",
      generation: "Counts changes of the spec, from 1. Kinds whose controllers do not report progress leave it out.",
      creationTimestamp: "When the server stored the object first. UTC, in whole seconds.",
      deletionTimestamp:
        "When deletion was asked for, plus the grace period. The object goes when its finalizers are empty; it cannot be taken back.",
      deletionGracePeriodSeconds: "Seconds from the request of deletion to the end of the grace period. It can only be shortened.",
      labels: "Short key and value pairs by which objects are selected. Values have at most 63 characters.",
      annotations: "Notes of people and programs: any text by key. Not selectable; 256 KiB in all.",
      ownerReferences:
        "Objects that this one belongs to. It is collected as garbage when all of them are gone; at most one is its controller.",
      finalizers: "Keys of those who still have something to do before the object may go. Deletion waits until each has removed its own.",
      managedFields:
        "Who set which field last and how. Kept by the server for server-side apply; shown with `kubectl get --show-managed-fields`.",
    },
    ListMeta: {
      "": "State of a collection at the moment of the list.",
      selfLink: "No longer used; always empty.",
      resourceVersion: "State of the collection; start a watch from here to miss nothing.",
      continue:
        "Token for the next page, to be sent as `continue`. Empty on the last one. " +
        "It expires when its state has been compacted (410 Gone).",
      remainingItemCount: "How many items follow on later pages. Absent when a selector makes the number unknown.",
    },
    OwnerReference: {
      "": "Points to an owner in the same namespace, or to one of the whole cluster.",
      apiVersion: "Group and version of the owner.",
      kind: "Kind of the owner.",
      name: "Name of the owner.",
      uid: "The owner's uid: an object of the same name that was made later is not the owner.",
      controller: "Whether the owner is the controller of the object: the one that makes and replaces it.",
      blockOwnerDeletion: "Whether an owner that is deleted in the foreground waits until this object is gone.",
    },
    ManagedFieldsEntry: {
      "": "The fields that one manager owns through one kind of operation.",
      manager: "Name of the program that set the fields, e.g. kubectl-client-side-apply.",
      operation: "How it set them: Apply (server-side apply) or Update (everything else).",
      apiVersion: "Version of the kind in which the fields are named.",
      time: "When the manager last changed this set of fields.",
      fieldsType: "Format of the set: always FieldsV1.",
      fieldsV1: "The set of fields.",
      subresource: "The subresource written through, e.g. status. Empty for the object itself.",
    },
    LabelSelector: {
      "": "Selects objects by their labels; all requirements must hold. An empty selector selects everything, an absent one nothing.",
      matchLabels: "Labels that must be there with exactly these values.",
      matchExpressions: "Further requirements on labels.",
    },
    LabelSelectorRequirement: {
      "": "A requirement on one label.",
      key: "Key of the label.",
      operator: "In, NotIn, Exists or DoesNotExist. NotIn also holds when the label is absent.",
      values: "Values for In and NotIn, at least one; empty for the other operators.",
    },
    FieldSelectorRequirement: {
      "": "A requirement on one selectable field.",
      key: "Path of the field, e.g. spec.nodeName.",
      operator: "In, NotIn, Exists or DoesNotExist.",
      values: "Values for In and NotIn; empty for the other operators.",
    },
    Condition: {
      "": "One aspect of an object's state, as seen by a controller.",
      type: "Name of the aspect, e.g. Ready. Each occurs once.",
      status: "True, False, or Unknown while it is being found out.",
      observedGeneration: "The metadata.generation on which the statement is based. Lower than the object's own: the statement is old.",
      lastTransitionTime: "When `status` last changed.",
      reason: "Why, as one CamelCase word for programs.",
      message: "Why, as a sentence for people. May be empty.",
    },
    Status: {
      "": "What the server answers when there is no object to answer: errors, and deletions that are done.",
      status: "Success or Failure.",
      message: "What happened, for people.",
      reason: "What went wrong, for programs, e.g. NotFound, Conflict, Invalid. Empty on success.",
      details: "Which object it is about, and the causes in detail.",
      code: "The HTTP status code.",
    },
    StatusDetails: {
      "": "The object that a Status is about.",
      name: "Its name.",
      group: "Its API group.",
      kind: "Its kind, or its resource name where the kind is not known.",
      uid: "Its uid, if that is known.",
      causes: "Each fault that was found; several may be reported at once.",
      retryAfterSeconds: "Seconds after which it makes sense to try again. 0 or absent: no hint.",
    },
    StatusCause: {
      "": "One fault.",
      reason: "What kind of fault, e.g. FieldValueInvalid.",
      message: "The fault in words.",
      field: "Path of the faulty field in the object that was sent, e.g. spec.containers[0].name.",
    },
    DeleteOptions: {
      "": "The optional body of a DELETE request.",
      gracePeriodSeconds:
        "Seconds that the object has to end in order; 0 deletes at once. " +
        "Absent: what the kind or the object says. Only Pods make use of it.",
      preconditions: "What must hold, or else the answer is 409 Conflict and nothing is deleted.",
      orphanDependents: "Older form of propagationPolicy: true is Orphan. Give only one of the two.",
      propagationPolicy:
        "What becomes of objects that this one owns. Background: deleted afterwards; " +
        "Foreground: deleted first; Orphan: they stay. Default: Background.",
      dryRun: "`All` goes through every step and stores nothing. No other value is allowed.",
      ignoreStoreReadErrorWithClusterBreakingPotential: "For objects that the store cannot decode any more. Not used by Kinetic.",
    },
    Preconditions: {
      "": "What an object must be like for a deletion to go on.",
      uid: "The uid it must have.",
      resourceVersion: "The resourceVersion it must have.",
    },
    Time: { "": "A time in RFC 3339 form, UTC and whole seconds, e.g. 2026-01-31T12:00:00Z." },
    MicroTime: { "": "A time in RFC 3339 form with microseconds, e.g. 2026-01-31T12:00:00.123456Z." },
    FieldsV1: {
      "":
        "A set of fields as nested JSON: `f:name` is a field, `k:{...}` an item " +
        "of a list by its keys, `v:value` an item by value, `.` the thing itself.",
    },
  },
};
