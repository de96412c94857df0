import { resolve } from "node:path";
import type { Editor } from "../../functions/project/editor.ts";
import { loadProject, updateProject, type Project } from "../../functions/project/project.ts";
import { UserError } from "../shared/io.ts";
import { notInitialized } from "./errors.ts";
import type { Func } from "./func.ts";
import type { Settings } from "./settings.ts";

/** The function of `--path` or of the current folder; notices go to stderr. @throws UserError without one, or with all its mistakes */
export function functionOf({ io, name }: Pick<Func, "io" | "name">, settings: Settings, command: string): Project {
  const root = resolve(io.cwd, settings.text("path", "."));
  const loaded = loadProject(root);
  if (loaded.kind === "absent") throw notInitialized(root, name, command);
  if (loaded.kind === "invalid") throw new UserError(loaded.message);
  for (const notice of loaded.project.notices) io.stderr.write(`Warning: ${notice}\n`);
  return loaded.project;
}

/** Changes func.yaml. @throws UserError when the result would be wrong, or the file is of a newer version */
export function changeFunction(project: Project, edit: (editor: Editor) => void): Project {
  const updated = updateProject(project, edit);
  if ("project" in updated) return updated.project;
  throw new UserError(updated.message);
}
