/**
 * Control groups of the machine, whichever layout it has. A path is the one that the runtime specification names
 * (`/kinetic-x/container`), below every hierarchy.
 */
export interface Cgroups {
  readonly version: 1 | 2;
  /** Whether a limit for swap can be set. */
  readonly limitsSwap: boolean;
  /** Stops every thread of the group. Resolves when they stand still. */
  freeze(path: string): Promise<void>;
  thaw(path: string): Promise<void>;
  /** Processes of the group and of groups below it. */
  pids(path: string): Promise<readonly number[]>;
  /** Memory in use that cannot be given back at once, in bytes; 0 when the group is gone. */
  memoryBytes(path: string): Promise<number>;
  /** How many of its processes the kernel has killed for lack of memory. */
  outOfMemoryKills(path: string): Promise<number>;
  /** Names of the groups directly below. */
  children(path: string): Promise<readonly string[]>;
  /** Ends everything in the group and removes it with all below. Harmless when it is gone. */
  destroy(path: string): Promise<void>;
}
