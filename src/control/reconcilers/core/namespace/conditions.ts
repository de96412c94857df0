import type { NamespaceCondition } from "../../../../api/k8s/types.generated.ts";
import { rfc3339 } from "../../../../std/clock.ts";

/** What is left in a namespace that is being deleted. */
export interface Remaining {
  /** `pods.` or `deployments.apps` -> how many. */
  readonly resources: ReadonlyMap<string, number>;
  /** Finalizer -> how many objects it holds. */
  readonly finalizers: ReadonlyMap<string, number>;
  /** Why content could not be deleted. */
  readonly failures: readonly string[];
}

type Said = Pick<NamespaceCondition, "type" | "status" | "reason" | "message">;

/** The five conditions of a Terminating namespace. */
export function deletionConditions(remaining: Remaining, known: readonly NamespaceCondition[], now: number): NamespaceCondition[] {
  return statements(remaining).map((said) => {
    const before = known.find(({ type }) => type === said.type);
    if (before?.status === said.status && before.reason === said.reason && before.message === said.message) return before;
    const since = before?.status === said.status ? before.lastTransitionTime : undefined;
    return { ...said, lastTransitionTime: since ?? rfc3339(now) };
  });
}

function statements({ resources, finalizers, failures }: Remaining): readonly Said[] {
  return [
    say("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"),
    say("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed"),
    failures.length > 0
      ? say(
          "NamespaceDeletionContentFailure",
          true,
          "ContentDeletionFailed",
          `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(", ")}`,
        )
      : say("NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
    resources.size > 0
      ? say("NamespaceContentRemaining", true, "SomeResourcesRemain", `Some resources are remaining: ${list(resources, "has")}`)
      : say("NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed"),
    finalizers.size > 0
      ? say(
          "NamespaceFinalizersRemaining",
          true,
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${list(finalizers, "in")}`,
        )
      : say("NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
  ];
}

function say(type: string, holds: boolean, reason: string, message: string): Said {
  return { type, status: holds ? "True" : "False", reason, message };
}

/** `pods. has 2 resource instances, services. has 1 resource instances` */
function list(counts: ReadonlyMap<string, number>, verb: string): string {
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${verb} ${count} resource instances`)
    .join(", ");
}
