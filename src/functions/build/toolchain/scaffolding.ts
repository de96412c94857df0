import { fileURLToPath } from "node:url";

/** The folder of what we build around a function: from src/ and from dist/ it is equally far. */
export function scaffolding(language: string): string {
  return fileURLToPath(new URL(`../../../../templates/scaffolding/${language}`, import.meta.url));
}
