import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { RegistryError, type TlsTrust } from "./http.ts";

/** Where a registry is asked. */
export interface Endpoint {
  /** Without `/v2/...` and without a slash at the end. */
  readonly base: string;
  /** By which credentials are looked up. */
  readonly registry: string;
  readonly tls: TlsTrust | undefined;
  readonly isMirror: boolean;
}

/** What `registries.json` says of one registry. */
interface RegistrySettings {
  /** Asked before the registry itself, in this order. */
  readonly mirrors?: readonly string[];
  /** Files with the authorities that sign its certificate, relative to the folder of registries.json. */
  readonly ca?: readonly string[];
  /** Any certificate is good. */
  readonly skipVerify?: boolean;
  /** Speaks HTTP without TLS. */
  readonly plainHttp?: boolean;
}

const FIELDS: Readonly<Record<keyof RegistrySettings, (value: unknown) => boolean>> = {
  mirrors: (value) => isTexts(value) && value.every((url) => /^https?:\/\/[^/]/.test(url)),
  ca: isTexts,
  skipVerify: (value) => typeof value === "boolean",
  plainHttp: (value) => typeof value === "boolean",
};

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

/** What people say about registries; the file is read at each pull, so that an edit needs no restart. */
export class Registries {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Mirrors first, then the registry. Throws RegistryError when the file cannot be used. */
  async endpoints(registry: string): Promise<readonly Endpoint[]> {
    const settings = await this.#read();
    const mirrors = settings[registry]?.mirrors ?? [];
    const own: Endpoint = {
      base: `${isPlain(registry, settings[registry]) ? "http" : "https"}://${registry === "docker.io" ? "registry-1.docker.io" : registry}`,
      registry,
      tls: await this.#trust(settings[registry]),
      isMirror: false,
    };
    return [...(await Promise.all(mirrors.map((url) => this.#mirror(url, settings)))), own];
  }

  /** What is trusted at an address that a registry sent us to. */
  async trust(host: string): Promise<TlsTrust | undefined> {
    return this.#trust((await this.#read())[host]);
  }

  async #mirror(url: string, settings: Readonly<Record<string, RegistrySettings>>): Promise<Endpoint> {
    const { host } = new URL(url);
    return { base: url.replace(/\/+$/, ""), registry: host, tls: await this.#trust(settings[host]), isMirror: true };
  }

  async #trust(settings: RegistrySettings | undefined): Promise<TlsTrust | undefined> {
    if (settings?.ca === undefined && settings?.skipVerify !== true) return undefined;
    const ca = await Promise.all((settings.ca ?? []).map((file) => this.#authority(file)));
    return { ca, ...(settings.skipVerify === true ? { skipVerify: true } : {}) };
  }

  #authority(file: string): Promise<string> {
    return readFile(resolve(dirname(this.#path), file), "utf8").catch((error: Error) => {
      throw this.#bad(error.message);
    });
  }

  async #read(): Promise<Readonly<Record<string, RegistrySettings>>> {
    const text = await readFile(this.#path, "utf8").catch(() => undefined);
    if (text === undefined) return {};
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      throw this.#bad(error instanceof Error ? error.message : "not JSON");
    }
    if (typeof json !== "object" || json === null || Array.isArray(json))
      throw this.#bad("expected an object with a field for each registry");
    for (const [registry, settings] of Object.entries(json)) this.#check(registry, settings);
    return json as Readonly<Record<string, RegistrySettings>>;
  }

  #check(registry: string, settings: unknown): void {
    if (typeof settings !== "object" || settings === null) throw this.#bad(`${registry}: expected an object`);
    for (const [field, value] of Object.entries(settings)) {
      const isValid = FIELDS[field as keyof RegistrySettings] as ((value: unknown) => boolean) | undefined;
      if (isValid === undefined) throw this.#bad(`${registry}: unknown field ${field}; known are ${Object.keys(FIELDS).join(", ")}`);
      if (!isValid(value)) throw this.#bad(`${registry}: ${field} has a value that cannot be used: ${JSON.stringify(value)}`);
    }
  }

  #bad(why: string): RegistryError {
    return new RegistryError("invalid", `${this.#path}: ${why}`);
  }
}

/** A registry on this machine without settings of its own speaks plain HTTP, as container tools assume. */
function isPlain(registry: string, settings: RegistrySettings | undefined): boolean {
  if (settings?.plainHttp !== undefined) return settings.plainHttp;
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(registry);
  return isLoopback && settings?.ca === undefined && settings?.skipVerify === undefined;
}
