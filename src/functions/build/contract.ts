import type { FunctionConfig } from "../project/config.ts";
import type { Platform } from "../../images/oci/manifest.ts";

/** What every step of a build gets. */
export interface BuildContext {
  /** Folder of func.yaml, absolute. */
  readonly root: string;
  readonly config: FunctionConfig;
  /** Folder for what is kept between builds, e.g. `~/.cache/kinetic/build`; safe to delete, shared by builds at the same time. */
  readonly cache: string;
  readonly signal: AbortSignal;
  /** Output of compilers and package managers, as they print it. */
  readonly output: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One layer, from the bottom up. A code change should change `code` alone. Without files it is left out. */
export interface ProgramLayer {
  readonly name: "base" | "certificates" | "runtime" | "dependencies" | "code" | "source-maps";
  /** Written to the history of the image. */
  readonly createdBy: string;
  readonly files: readonly ProgramFile[];
  /** Names the files where their content is known without reading it, which takes a second for thousands: equal names, equal files. */
  readonly key?: string;
}

/**
 * A file or link of a layer; owners, times and order are the writer's business, so that equal trees give equal bytes. What is
 * below `func/` belongs to 1000:1000, the rest to root.
 */
export interface ProgramFile {
  /** Relative to the image's root, forward slashes. */
  readonly path: string;
  /** Default 0o644; of a folder 0o755. */
  readonly mode?: number;
  readonly content: { readonly bytes: Uint8Array } | { readonly file: string } | { readonly link: string } | { readonly folder: true };
}

/** The image below ours: nothing, or one that is pulled (its layers, environment and user stay). */
export type BaseImage = { readonly kind: "scratch" } | { readonly kind: "image"; readonly reference: string };

/** A function for one platform, ready to become an image. */
export interface Program {
  readonly base: BaseImage;
  readonly layers: readonly ProgramLayer[];
  /** argv; absolute paths inside the image. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /**
   * For the process driver: argv relative to the image's tree and the runtime that [0] stands for (`node26`, `python3.11`,
   * `static` for a program that needs nothing). Absent: this image needs a container.
   */
  readonly process?: { readonly argv: readonly string[]; readonly runtime: string };
  /** Name and version of each package inside, for the SBOM. */
  readonly packages: readonly { readonly name: string; readonly version: string; readonly purl: string }[];
}

/** What `func dev` and `func run` start on this machine, without an image. */
export interface LocalProgram {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Beside PORT, LISTEN_ADDRESS and the function's own. */
  readonly env: Readonly<Record<string, string>>;
}

/** One compile error with its place, as the compiler gave it. */
export interface Diagnostic {
  /** Relative to the function's folder. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly text: string;
}

export type Outcome<T> =
  | { readonly kind: "ok"; readonly value: T }
  /** The user's code does not compile: `output` is the compiler's own text. */
  | { readonly kind: "failed"; readonly output: string; readonly diagnostics: readonly Diagnostic[] }
  /** Something is missing on this machine, or the project cannot be built: one line, and the next step. */
  | { readonly kind: "refused"; readonly message: string; readonly hint?: string };

/** What is known about one language. */
export interface LanguagePack {
  readonly runtime: string;
  /** Builds for the platform. Same source, same bytes, on any machine. */
  program(context: BuildContext, platform: Platform): Promise<Outcome<Program>>;
  /** Prepares what runs on this machine; `folder` is a fresh one for what it writes. */
  local(context: BuildContext, folder: string): Promise<Outcome<LocalProgram>>;
}
