import type { Kind } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";

export interface ManagedUpdate {
  readonly kind: Kind;
  readonly old: KubeObject | undefined;
  readonly next: KubeObject;
  readonly manager: string;
  readonly subresource: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Who owns which field. */
export interface FieldManagers {
  /** `next` with managedFields as they are after `manager` changed `old` into it. */
  update(change: ManagedUpdate): KubeObject;
}

/** A patch request on its way to `old` (undefined: there is none, which only apply accepts). */
export interface PatchRequest {
  readonly kind: Kind;
  readonly old: KubeObject | undefined;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly manager: string;
  readonly subresource: string;
  readonly force: boolean;
  readonly now: number;
}

/** The four patch types. */
export interface Patcher {
  /** A new draft. @throws ApiError when the patch is refused. */
  patch(request: PatchRequest): KubeObject;
}
