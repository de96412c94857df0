import type { ObjectMeta } from "../../api/meta/object.ts";
import { ageMs, shortDuration } from "../shared/age.ts";
import type { PrintFlags } from "../shared/print-object.ts";
import type { Sections } from "../shared/sections.ts";

export interface DescribeFlags extends PrintFlags {
  readonly verbose?: boolean;
}

export interface View {
  readonly verbose: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Longest joined text of a list that is not printed in full. */
const TRUNCATE_AT = 100;
const HIDDEN = ["serving.knative.dev/", "client.knative.dev/", "kubectl.kubernetes.io/"];

/** Name, Namespace, Labels, Annotations, Age. */
export function writeMetadata(sections: Sections, metadata: ObjectMeta, view: View): void {
  sections.attribute("Name", metadata.name ?? "").attribute("Namespace", metadata.namespace ?? "");
  writeMap(sections, "Labels", metadata.labels, view.verbose);
  writeMap(sections, "Annotations", metadata.annotations, view.verbose);
  sections.attribute("Age", shortDuration(ageMs(metadata.creationTimestamp, view.now)));
}

function writeMap(sections: Sections, key: string, map: Readonly<Record<string, string>> | undefined, verbose: boolean): void {
  const pairs = Object.entries(map ?? {})
    .filter(([name]) => verbose || !HIDDEN.some((prefix) => name.startsWith(prefix)))
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();
  writeValues(sections, { key, values: pairs, verbose });
}

/** Values one a line when verbose, else joined and cut. Nothing when there are none. */
export function writeValues(
  sections: Sections,
  { key, values, verbose, indent = 0 }: { key: string; values: readonly string[]; verbose: boolean; indent?: number },
): void {
  if (values.length === 0) return;
  const joined = values.join(", ");
  const short = joined.length > TRUNCATE_AT ? `${joined.slice(0, TRUNCATE_AT - 4)} ...` : joined;
  sections.attribute(key, verbose ? values : short, indent);
}
