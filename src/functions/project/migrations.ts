/** From every older func.yaml to specVersion 0.36.0, one numbered step at a time. */
import { isMap, isScalar, isSeq, type Document, type Pair } from "yaml";
import { Editor } from "./editor.ts";
import { compareVersions, isVersion, SPEC_VERSION } from "./version.ts";

export interface FileFacts {
  /** When the file was last written, RFC 3339: an old function without a time of creation gets this one. */
  readonly modified: string;
}

interface Migration {
  /** Files that are older than this are changed. */
  readonly version: string;
  migrate(editor: Editor, facts: FileFacts): void;
}

const NO_TIME = "0001-01-01T00:00:00Z";
const DEFAULT_PACK_BUILDER = "gcr.io/paketo-buildpacks/builder:base";

const MIGRATIONS: readonly Migration[] = [
  { version: "0.19.0", migrate: addCreationTime },
  { version: "0.23.0", migrate: builderToBuilderImages },
  { version: "0.25.0", migrate: versionToSpecVersion },
  { version: "0.34.0", migrate: flatToSections },
  { version: "0.35.0", migrate: invocationToInvoke },
  { version: "0.36.0", migrate: spellVolumeClaim },
];

/** The version that a document says it has; undefined for those before 0.19, which had none. */
export function versionOf(document: Document): string | undefined {
  for (const key of ["specVersion", "version"]) {
    const value = document.getIn([key]);
    if ((typeof value === "string" && value !== "") || typeof value === "number") return String(value);
  }
  return undefined;
}

/** Changes an older document in place; true if there was something to change. A version that is none changes nothing. */
export function migrate(document: Document, facts: FileFacts): boolean {
  const from = versionOf(document);
  if (!isMap(document.contents) || (from !== undefined && !isVersion(from))) return false;
  const steps = MIGRATIONS.filter(({ version }) => from === undefined || compareVersions(from, version) < 0);
  const editor = new Editor(document);
  for (const step of steps) step.migrate(editor, facts);
  if (steps.length > 0) editor.set(["specVersion"], SPEC_VERSION);
  return steps.length > 0;
}

function text(editor: Editor, path: readonly string[]): string | undefined {
  const node = editor.node(path);
  return isScalar(node) && typeof node.value === "string" && node.value !== "" ? node.value : undefined;
}

function addCreationTime(editor: Editor, { modified }: FileFacts): void {
  const created = text(editor, ["created"]);
  const isFunction = text(editor, ["name"]) !== undefined && text(editor, ["runtime"]) !== undefined;
  if (isFunction && (created === undefined || created === NO_TIME)) editor.set(["created"], modified);
}

/** `builder` was an image for buildpacks, or the name of one of `builders`. */
function builderToBuilderImages(editor: Editor): void {
  const name = text(editor, ["builder"]);
  const builder = name === undefined ? undefined : (text(editor, ["builders", name]) ?? name);
  editor.remove(["builder"]);
  editor.remove(["builders"]);
  if (builder !== undefined && builder !== DEFAULT_PACK_BUILDER) editor.set(["builderImages", "pack"], builder);
}

function versionToSpecVersion(editor: Editor): void {
  if (editor.node(["specVersion"]) === undefined) editor.rename([], "version", "specVersion");
  else editor.remove(["version"]);
}

const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  build: ["git", "builder", "builderImages", "buildpacks", "buildEnvs"],
  run: ["volumes", "envs"],
  deploy: ["namespace", "annotations", "options", "labels", "healthEndpoints"],
};

function flatToSections(editor: Editor): void {
  if (isScalar(editor.node(["build"]))) editor.remove(["build"]); // `local` or `git`: where it was built
  for (const [section, keys] of Object.entries(SECTIONS)) {
    for (const key of keys) {
      const pair = editor.take([key]);
      if (pair !== undefined && !isEmpty(pair)) editor.put([section, key], pair);
    }
  }
}

function isEmpty({ value }: Pair): boolean {
  if (isMap(value) || isSeq(value)) return value.items.length === 0;
  return !isScalar(value) || value.value === null || value.value === "";
}

function invocationToInvoke(editor: Editor): void {
  const format = text(editor, ["invocation", "format"]);
  editor.remove(["invocation"]);
  if (format !== undefined && format !== "http") editor.set(["invoke"], format);
}

/** The field was written `presistentVolumeClaim`. */
function spellVolumeClaim(editor: Editor): void {
  const volumes = editor.node(["run", "volumes"]);
  if (!isSeq(volumes)) return;
  volumes.items.forEach((_, index) => editor.rename(["run", "volumes", index], "presistentVolumeClaim", "persistentVolumeClaim"));
}
