/** `manifest.yaml` of a repository, a language or a template: what func.yaml of a new function starts with. */
import { join } from "node:path";
import type { EnvEntry } from "../project/config.ts";
import { readIfThere } from "../project/read-if-there.ts";
import type { Shape } from "../project/shape.ts";
import { problemsText, readShaped } from "../project/shaped-text.ts";
import { TemplateError } from "./template-error.ts";

export const MANIFEST_FILE = "manifest.yaml";

export interface TemplateDefaults {
  readonly invoke?: "http" | "cloudevent";
  readonly builderImages?: Readonly<Record<string, string>>;
  readonly buildpacks?: readonly string[];
  readonly buildEnvs?: readonly EnvEntry[];
  readonly runEnvs?: readonly EnvEntry[];
  readonly healthEndpoints?: { readonly liveness?: string; readonly readiness?: string };
}

/** At the root of a repository there may be more. */
export interface Manifest extends TemplateDefaults {
  /** What the repository is called unless the user says otherwise. */
  readonly name?: string;
  readonly version?: string;
  /** Folder of the languages, below the root. */
  readonly templates?: string;
}

const text: Shape = { kind: "text" };
const envs: Shape = { kind: "list", of: { kind: "fields", fields: { name: text, value: { kind: "text", keepsEmpty: true } } } };
const SHAPE: Shape = {
  kind: "fields",
  fields: {
    name: text,
    version: text,
    templates: text,
    invoke: { kind: "text", choices: ["http", "cloudevent"] },
    builderImages: { kind: "map", of: text },
    buildpacks: { kind: "list", of: text },
    buildEnvs: envs,
    runEnvs: envs,
    healthEndpoints: { kind: "fields", fields: { liveness: text, readiness: text } },
  },
};

/** Empty without a file. @throws TemplateError with every mistake and its line */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST_FILE);
  const content = readIfThere(path);
  if (content === undefined) return {};
  const { value, problems } = readShaped(content, SHAPE);
  if (problems.length === 0) return value as Manifest;
  throw new TemplateError(problemsText(path, problems));
}

/** The deeper file wins, field by field. */
export function overlay(above: TemplateDefaults, below: TemplateDefaults): TemplateDefaults {
  const health = { ...above.healthEndpoints, ...below.healthEndpoints };
  return { ...above, ...below, ...(Object.keys(health).length === 0 ? {} : { healthEndpoints: health }) };
}
