import type { ContentStore } from "../content-store.ts";
import type { Uploads } from "./uploads.ts";

/** What the handlers of all addresses work on. */
export interface Registry {
  readonly store: ContentStore;
  readonly uploads: Uploads;
  /** Of a manifest, in bytes; the specification asks for at least 4 MiB. */
  readonly maxManifestBytes: number;
}
