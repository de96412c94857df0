import type { ConfigMap, Pod, Secret } from "../../api/k8s/types.generated.ts";
import { configMapKind } from "../../api/core/config-map.ts";
import { podKind } from "../../api/core/pod.ts";
import { secretKind } from "../../api/core/secret.ts";
import type { ImageProvider, LocalImage } from "../../api/ports/images.ts";
import { DRIVER_ANNOTATION } from "../../api/names/kinetic.ts";
import { BootSlots } from "./boot-slots.ts";
import type { Driver } from "./drivers/contract.ts";
import { isKineticImage } from "./drivers/process/program.ts";
import { ParkingLot } from "./parking/parking-lot.ts";
import type { Lookup } from "./pod/lookup.ts";
import { PortAllocator } from "./port-allocator.ts";
import type { NodeAgentOptions } from "./types.ts";

/** What all pods of the agent share. */
export interface AgentWorld {
  readonly options: NodeAgentOptions;
  readonly images: Pick<ImageProvider, "ensure">;
  readonly lookup: Lookup;
  readonly slots: BootSlots;
  readonly allocator: PortAllocator;
  readonly lot: ParkingLot | undefined;
  readonly starts: { parked: number; fresh: number };
}

export function makeWorld(options: NodeAgentOptions): AgentWorld {
  const { parking, clock, logger, informers } = options;
  const configMaps = informers.of<ConfigMap>(configMapKind);
  const secrets = informers.of<Secret>(secretKind);
  return {
    options,
    images: options.images,
    lookup: {
      configMap: (namespace, name) => configMaps.get({ namespace, name }),
      secret: (namespace, name) => secrets.get({ namespace, name }),
    },
    slots: new BootSlots(options.bootLimit),
    allocator: new PortAllocator(options.random),
    lot: parking === undefined ? undefined : new ParkingLot(parking, clock, logger),
    starts: { parked: 0, fresh: 0 },
  };
}

/** The driver that a Pod asks for, else the one that its images were built for: containers as soon as one of them needs that. */
export function chooseDriver(pod: Pod, images: readonly (LocalImage | undefined)[], drivers: readonly Driver[]): Driver | undefined {
  const asked = pod.metadata.annotations?.[DRIVER_ANNOTATION];
  if (asked !== undefined) return drivers.find(({ name }) => name === asked);
  const fitting = images.every((image) => image !== undefined && isKineticImage(image.config.labels)) ? "process" : "oci";
  return drivers.find(({ name }) => name === fitting) ?? drivers[0];
}

export type Tell = (type: "Normal" | "Warning", reason: string, message: string) => void;

export function teller({ options }: AgentWorld, pod: () => Pod): Tell {
  return (type, reason, message) => options.events.record({ kind: podKind, object: pod(), type, reason, message });
}
