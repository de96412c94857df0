import { UserError } from "./io.ts";

/** The value of YAML or JSON text. Throws UserError that names `path` when it is neither. */
export async function parseYaml(content: string, path: string): Promise<unknown> {
  const { parse } = await import("yaml");
  try {
    return parse(content);
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${(error as Error).message}`);
  }
}
