import { join, posix } from "node:path";
import type { SourceFile } from "../../project/source.ts";
import type { BuildContext, Outcome, ProgramFile } from "../contract.ts";
import { sourceOf } from "../fingerprint.ts";

/** Where an image has the function's own files, relative to its root. */
export const FUNCTION_FOLDER = "func";

/** The function's own files as files of an image. */
export async function sourceFiles(context: BuildContext): Promise<Outcome<readonly ProgramFile[]>> {
  const source = await sourceOf(context);
  return source.kind === "ok" ? { kind: "ok", value: source.value.map((file) => programFile(context.root, file)) } : source;
}

function programFile(root: string, { path, mode, link }: SourceFile): ProgramFile {
  const content = link === undefined ? { file: join(root, path) } : { link };
  return { path: posix.join(FUNCTION_FOLDER, path), mode: (mode & 0o111) === 0 ? 0o644 : 0o755, content };
}
