import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import type { DrainGate } from "../../api/ports/drain.ts";
import type { ImageProvider } from "../../api/ports/images.ts";
import type { Client, Informers } from "../../client/types.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";
import type { Driver, EnvEntry } from "./drivers/contract.ts";
import type { ParkingLimits } from "./parking/parking-lot.ts";
import type { NodeFacts } from "./pod/lookup.ts";
import type { TokenSource } from "./pod/volumes.ts";

/** Something that people read with `kubectl describe`. A controller's recorder fits. */
export interface EventSink {
  record<T extends KubeObject>(occurrence: {
    readonly kind: KindRef<T>;
    readonly object: T;
    readonly type: "Normal" | "Warning";
    readonly reason: string;
    readonly message: string;
  }): void;
}

export interface NodeAgentOptions {
  readonly client: Client;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly images: ImageProvider;
  readonly drainGate: DrainGate;
  /** Writes Events with component `kubelet`. */
  readonly events: EventSink;
  readonly tokens: TokenSource;
  /** The first one is used where nothing says otherwise. */
  readonly drivers: readonly Driver[];
  /** Why containers cannot run here, in words for people; undefined where they can. */
  readonly noContainers?: string;
  /** Sandboxes and logs live below it. Must be reachable for the users that containers run as. */
  readonly folder: string;
  readonly node: NodeFacts;
  /** Given to every container without an address of its own, beneath what its image and Pod say, e.g. `http_proxy`. */
  readonly sandboxEnv?: readonly EnvEntry[];
  /** The same for those with one. */
  readonly networkEnv?: readonly EnvEntry[];
  /** undefined turns parking off. */
  readonly parking?: ParkingLimits;
  /** Fresh boots at the same time; the machine's cores. */
  readonly bootLimit: number;
}

export interface NodeAgentStats {
  readonly pods: number;
  readonly parked: number;
  readonly parkedBytes: number;
  /** How many pods started by which tier since the start. */
  readonly starts: { readonly parked: number; readonly fresh: number };
  readonly waitingBoots: number;
}
