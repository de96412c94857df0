import { parse } from "yaml";
import { configMapKind } from "../../api/core/config-map.ts";
import { REGISTRY_HOSTING } from "../../api/names/registry.ts";
import type { Project } from "../../functions/project/project.ts";
import { UserError } from "../shared/io.ts";
import type { ClusterContext } from "./cluster.ts";
import { helpError } from "./errors.ts";
import type { Func } from "./func.ts";
import type { Settings } from "./settings.ts";

export interface ImageName {
  /** With tag, e.g. `localhost:5000/default/hello:latest`. */
  readonly reference: string;
  /** `built-in`: the platform's own registry, which nobody had to name. */
  readonly source: "image" | "registry" | "built-in";
}

/** The image of flags and func.yaml; else of the registry that is named; undefined: nobody says anything. @throws UserError */
export function namedImage(settings: Settings, { config }: Pick<Project, "config">): ImageName | undefined {
  const image = settings.text("image");
  const registry = settings.text("registry");
  const asked = settings.source("image") === "flag" && settings.source("registry") === "flag";
  if (asked) throw new UserError("--image and --registry say two things; use one of them");
  const wantsRegistry = registry !== undefined && (image === undefined || settings.source("registry") === "flag");
  if (wantsRegistry) return { reference: inRegistry(registry, config.name), source: "registry" };
  return image === undefined ? undefined : { reference: withTag(image), source: "image" };
}

/** Where the platform's own registry is, as it says itself. */
export async function builtInRegistry({ client }: Pick<ClusterContext, "client">): Promise<string | undefined> {
  const map = await client.get(configMapKind, REGISTRY_HOSTING.key);
  const hosting = parse(map?.data?.[REGISTRY_HOSTING.field] ?? "") as { readonly host?: string } | null;
  return hosting?.host;
}

/** @throws UserError when there is no registry at all */
export async function chooseImage(func: Func, settings: Settings, project: Project, context: ClusterContext): Promise<ImageName> {
  const named = namedImage(settings, project);
  if (named !== undefined) return named;
  const registry = await builtInRegistry(context);
  if (registry !== undefined) return { reference: inRegistry(`${registry}/${context.namespace}`, project.config.name), source: "built-in" };
  throw registryMissing(func);
}

export function registryMissing({ name }: Func): UserError {
  return helpError({
    message: "where should the image go? This cluster has no registry of its own, and none was named",
    tries: [
      [`${name} deploy --registry ghcr.io/myuser`, "Name the registry once; func.yaml remembers it"],
      [`export FUNC_REGISTRY=ghcr.io/myuser`, "Or for all functions of this shell"],
      ["kinetic up", "Or use a platform that has one"],
    ],
    more: `${name} deploy`,
  });
}

/** A registry without a host is Docker Hub, as everywhere. */
function inRegistry(registry: string, name: string): string {
  const trimmed = registry.replace(/\/+$/, "");
  if (trimmed === "" || /\s/.test(trimmed))
    throw new UserError(`--registry must be a host and a namespace such as ghcr.io/myuser, not ${JSON.stringify(registry)}`);
  const [first = ""] = trimmed.split("/");
  const hasHost = first.includes(".") || first.includes(":") || first === "localhost";
  return `${hasHost ? "" : "docker.io/"}${trimmed}/${name}:latest`;
}

function withTag(image: string): string {
  const last = image.slice(image.lastIndexOf("/") + 1);
  return last.includes(":") || last.includes("@") ? image : `${image}:latest`;
}
