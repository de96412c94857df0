import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { delay } from "../../std/abort.ts";
import { backoffMs } from "../../std/backoff.ts";
import { inTurn } from "../../std/in-turn.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { RegistryError } from "../pull/http.ts";
import type { Session } from "../pull/session.ts";
import type { PushedBlobs } from "./pushed-blobs.ts";
import { openPush, type OpenPush, type PushAccess, type PushFailure } from "./push-session.ts";

export type { PushAccess } from "./push-session.ts";

export interface PushRequest {
  /** Folder of an OCI layout whose first manifest is the image. */
  readonly layout: string;
  /** With tag. */
  readonly reference: string;
  readonly onProgress?: (progress: PushProgress) => void;
  /** What earlier pushes have brought to this registry. */
  readonly pushed?: PushedBlobs;
}

/** Bytes of blobs; `done` counts those that the registry had already. */
export interface PushProgress {
  readonly done: number;
  readonly total: number;
}

export type PushResult = { readonly kind: "ok"; readonly digest: string } | PushFailure;

const BLOBS_AT_ONCE = 3;
const UPLOAD_TIMEOUT_MS = 15 * 60_000;
const TRIES = 3;
const BACKOFF = { initialMs: 200, maxMs: 5_000, jitter: 0.5 };

/** Whether somebody may push there, before anything is built for it. */
export function checkPush(access: PushAccess, reference: string, signal: AbortSignal): Promise<OpenPush | PushFailure> {
  return openPush(access, reference, signal);
}

/** Pushes an image of a layout with everything that refers to it. What is there already is not sent. */
export async function pushLayout(access: PushAccess, request: PushRequest, signal: AbortSignal): Promise<PushResult> {
  const opened = await openPush(access, request.reference, signal);
  if (opened.kind === "failed") return opened;
  try {
    return await new Push(access, opened, request, signal).run();
  } catch (error) {
    if (error instanceof RegistryError) return { kind: "failed", message: `${request.reference} could not be pushed: ${error.message}` };
    throw error;
  }
}

interface Document extends Descriptor {
  readonly bytes: Buffer;
  readonly manifests: readonly Descriptor[];
  readonly blobs: readonly Descriptor[];
}

class Push {
  readonly #access: PushAccess;
  readonly #session: Session;
  readonly #registry: string;
  readonly #repository: string;
  readonly #tag: string;
  readonly #request: PushRequest;
  readonly #signal: AbortSignal;

  constructor(access: PushAccess, { session, reference }: OpenPush, request: PushRequest, signal: AbortSignal) {
    this.#access = access;
    this.#session = session;
    this.#registry = reference.registry;
    this.#repository = reference.repository;
    this.#tag = reference.tag ?? "latest";
    this.#request = request;
    this.#signal = signal;
  }

  /** Blobs, then what names them, then the image by its tag, then what refers to the image. */
  async run(): Promise<PushResult> {
    const { manifests } = JSON.parse(await readFile(join(this.#request.layout, "index.json"), "utf8")) as {
      readonly manifests: readonly Descriptor[];
    };
    const [image, ...referrers] = manifests;
    if (image === undefined) return { kind: "failed", message: `${this.#request.layout} holds no image` };
    const documents = [...(await this.#documents(image)), ...(await Promise.all(referrers.map((one) => this.#documents(one)))).flat()];
    const blobs = documents.flatMap((document) => document.blobs);
    await this.#blobs(blobs);
    const isTop = ({ digest }: Descriptor) => digest === image.digest;
    for (const document of documents) await this.#again(() => this.#manifest(document, isTop(document) ? this.#tag : document.digest));
    await this.#request.pushed?.remember(this.#registry, this.#repository, blobs);
    return { kind: "ok", digest: image.digest };
  }

  /** What is named comes before what names it. */
  async #documents(descriptor: Descriptor): Promise<Document[]> {
    const bytes = await readFile(this.#path(descriptor));
    const {
      manifests = [],
      config,
      layers = [],
    } = JSON.parse(bytes.toString("utf8")) as {
      readonly manifests?: readonly Descriptor[];
      readonly config?: Descriptor;
      readonly layers?: readonly Descriptor[];
    };
    const blobs = config === undefined ? layers : [config, ...layers];
    const children = await Promise.all(manifests.map((child) => this.#documents(child)));
    return [...children.flat(), { ...descriptor, bytes, manifests, blobs }];
  }

  async #blobs(all: readonly Descriptor[]): Promise<void> {
    const blobs = [...new Map(all.map((blob) => [blob.digest, blob])).values()];
    const total = blobs.reduce((sum, { size }) => sum + size, 0);
    let done = 0;
    await inTurn(blobs, BLOBS_AT_ONCE, async (blob) => {
      await this.#again(() => this.#blob(blob));
      done += blob.size;
      this.#request.onProgress?.({ done, total });
    });
  }

  async #blob(blob: Descriptor): Promise<void> {
    const known = await this.#session.send({ method: "HEAD", path: `blobs/${blob.digest}` }, this.#signal);
    known.discard();
    if (known.status === 200) return;
    const location = await this.#beginUpload(blob);
    if (location === undefined) return;
    const path = `${location}${location.includes("?") ? "&" : "?"}digest=${encodeURIComponent(blob.digest)}`;
    const file = this.#path(blob);
    const { size } = await stat(file);
    const headers = { "content-type": "application/octet-stream", "content-length": String(size) };
    const body = () => createReadStream(file);
    const stored = await this.#session.call({ method: "PUT", path, headers, body, timeoutMs: UPLOAD_TIMEOUT_MS }, this.#signal, [201, 204]);
    stored.discard();
  }

  /** Where the blob is to be sent; undefined: the registry has taken it from another repository. */
  async #beginUpload({ digest }: Descriptor): Promise<string | undefined> {
    const from = await this.#request.pushed?.repositoryOf(this.#registry, digest);
    const mount = from === undefined || from === this.#repository ? "" : `?${new URLSearchParams({ mount: digest, from })}`;
    const call = { method: "POST", path: `blobs/uploads/${mount}`, headers: { "content-length": "0" } } as const;
    const begun = await this.#session.call(call, this.#signal, mount === "" ? [202] : [201, 202]);
    begun.discard();
    if (begun.status === 201) return undefined;
    const location = begun.header("location");
    if (location === undefined) throw new RegistryError("invalid", `${this.#session.endpoint.base} names no place for an upload`);
    return location;
  }

  async #manifest({ mediaType, bytes }: Document, name: string): Promise<void> {
    const headers = { "content-type": mediaType, "content-length": String(bytes.length) };
    const body = bytes.toString("utf8");
    const stored = await this.#session.call({ method: "PUT", path: `manifests/${name}`, headers, body }, this.#signal, [201]);
    stored.discard();
  }

  /** A registry that stumbles is asked again. */
  async #again(work: () => Promise<void>): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof RegistryError) || error.code !== "unavailable" || failures + 1 >= TRIES) throw error;
        await delay(
          this.#access.clock,
          backoffMs(failures, BACKOFF, () => 0.5),
          this.#signal,
        );
      }
    }
  }

  #path({ digest }: Descriptor): string {
    return join(this.#request.layout, "blobs", ...digest.split(":"));
  }
}
