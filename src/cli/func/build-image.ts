import { parsePlatform } from "../../images/oci/platform.ts";
import type { Platform } from "../../images/oci/manifest.ts";
import { buildFunction, isUpToDate, type BuiltImage } from "../../functions/build/build-function.ts";
import { builtImage } from "../../functions/build/fingerprint.ts";
import { layoutDigest } from "../../functions/build/image/layout.ts";
import { layoutOf } from "../../functions/build/image/files.ts";
import type { Project } from "../../functions/project/project.ts";
import { UserError } from "../shared/io.ts";
import { encourage } from "./encourage.ts";
import type { Func } from "./func.ts";
import { registryAccess } from "./registry-access.ts";
import { buildContext, mustHavePack } from "./local-build.ts";
import { outcomeError } from "./outcome.ts";
import type { Settings } from "./settings.ts";

/** An image in the layout below `.func/build`, of now or of before. */
export interface ImageAtHand {
  readonly digest: string;
  readonly layout: string;
  readonly isNew: boolean;
}

/** Builds, unless nothing has changed and `--build auto`. @throws UserError with the compiler's own words */
export async function imageAtHand(func: Func, settings: Settings, project: Project, reference: string): Promise<ImageAtHand> {
  const { io } = func;
  const context = buildContext(func, withBaseImage(project, settings));
  const options = { version: func.version, ...platformsOf(settings), ...createdOf(func, settings) };
  const wanted = settings.text("build", "auto");
  if (!["auto", "true", "false"].includes(wanted))
    throw new UserError(`--build must be auto, true or false, not ${JSON.stringify(wanted)}`);
  const layout = layoutOf(project.root);
  const present = wanted === "true" ? undefined : await layoutDigest(layout);
  const isFresh =
    wanted === "auto" && present !== undefined && (await builtImage(project.root)) === reference && (await isUpToDate(context, options));
  if (present !== undefined && (wanted === "false" || isFresh)) {
    if (wanted === "auto") io.stderr.write("function up-to-date. Force rebuild with --build\n");
    return { digest: present, layout, isNew: false };
  }
  if (wanted === "false") throw new UserError(`nothing is built yet, and --build=false; run '${func.name} build' first`);
  const built = await build(func, { context, options, reference, project });
  io.stderr.write(`🙌 Function built: ${reference}\n`);
  return { digest: built.digest, layout: built.layout, isNew: true };
}

interface Building {
  readonly context: Parameters<typeof buildFunction>[0];
  readonly options: Omit<Parameters<typeof buildFunction>[1], "packs" | "reference">;
  readonly reference: string;
  readonly project: Project;
}

async function build(func: Func, { context, options, reference, project }: Building): Promise<BuiltImage> {
  const pack = await mustHavePack(func, project);
  func.io.stderr.write("Building function image\n");
  using _ = encourage(func.clock, func.io.stderr);
  using baseImages = registryAccess(func);
  const built = await buildFunction(context, { ...options, packs: [pack], reference, baseImages });
  if (built.kind !== "ok") throw outcomeError(built);
  return built.value;
}

function withBaseImage(project: Project, settings: Settings): Project {
  const baseImage = settings.text("base-image");
  if (baseImage === undefined || baseImage === project.config.build?.baseImage) return project;
  return { ...project, config: { ...project.config, build: { ...project.config.build, baseImage } } };
}

function platformsOf(settings: Settings): { readonly platforms?: readonly Platform[] } {
  const given = settings.text("platform");
  if (given === undefined) return {};
  const platforms = given.split(",").map((text) => {
    const platform = parsePlatform(text.trim());
    if (platform?.os === "linux") return platform;
    throw new UserError(`--platform must be linux/ARCHITECTURE such as linux/amd64, not ${JSON.stringify(text)}`);
  });
  return { platforms };
}

/** Without the flag no time is written, so that equal source gives equal digests. */
function createdOf({ clock }: Func, settings: Settings): { readonly created?: string } {
  return settings.isOn("build-timestamp") ? { created: new Date(clock.now()).toISOString() } : {};
}
