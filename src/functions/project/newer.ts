import { isMap, type Document } from "yaml";
import { Editor, type Path } from "./editor.ts";

/** Fields that later versions of func.yaml have moved, and where 0.36.0 has them. */
const MOVED: readonly (readonly [from: Path, to: Path])[] = [
  [
    ["build", "source", "url"],
    ["build", "git", "url"],
  ],
  [
    ["build", "source", "revision"],
    ["build", "git", "revision"],
  ],
  [
    ["build", "source", "dir"],
    ["build", "git", "contextDir"],
  ],
  [
    ["scale", "min"],
    ["deploy", "options", "scale", "min"],
  ],
  [
    ["scale", "max"],
    ["deploy", "options", "scale", "max"],
  ],
  [
    ["scale", "kpa", "metric"],
    ["deploy", "options", "scale", "metric"],
  ],
  [
    ["scale", "kpa", "target"],
    ["deploy", "options", "scale", "target"],
  ],
  [
    ["scale", "kpa", "utilization"],
    ["deploy", "options", "scale", "utilization"],
  ],
];

/** Makes a newer document readable as ours; it is never written. */
export function readAsOurs(document: Document): void {
  if (!isMap(document.contents)) return;
  const editor = new Editor(document);
  for (const [from, to] of MOVED) {
    const node = editor.node(from);
    if (node === undefined) continue;
    editor.remove(from);
    editor.put(to, node);
  }
}
