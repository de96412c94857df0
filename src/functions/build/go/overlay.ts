import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scaffolding } from "../toolchain/scaffolding.ts";
import type { GoProject } from "./project.ts";

/** Folder of our main inside the function's module. It exists for the compiler only. */
export const MAIN_FOLDER = "kinetic_main";

/**
 * Lays our main into the function's own module for one run of the compiler, so that its go.mod, go.sum and vendor folder hold for
 * both and nothing is patched or downloaded. Writes into `folder`; resolves with the path for `go build -overlay`.
 */
export async function writeOverlay(root: string, project: GoProject, folder: string): Promise<string> {
  const target = join(folder, "target.go");
  await writeFile(target, targetSource(project));
  const ours = ["main.go", "lifecycle.go", project.receives === "events" ? "events.go" : "http.go"];
  const paths = [["target.go", target] as const, ...ours.map((name) => [name, join(scaffolding("go"), name)] as const)];
  const overlay = join(folder, "overlay.json");
  await writeFile(
    overlay,
    JSON.stringify({ Replace: Object.fromEntries(paths.map(([name, path]) => [join(root, MAIN_FOLDER, name), path])) }),
  );
  return overlay;
}

function targetSource({ module, instanced }: GoProject): string {
  const body = instanced ? "\tf := function.New()\n\treturn []interface{}{&f, f}, f.Handle" : "\treturn nil, function.Handle";
  return `package main

import function ${JSON.stringify(module)}

func target() (instance []interface{}, handle interface{}) {
${body}
}
`;
}
