/** Where the control group file systems are mounted. */
export type Layout =
  | { readonly version: 2; readonly root: string }
  /** Version 1, alone or beside a version 2 tree that has no controllers (`hybrid`). */
  | { readonly version: 1; readonly hierarchies: readonly Hierarchy[] };

export interface Hierarchy {
  /** e.g. `memory`, `cpu`, `name=systemd`; `""` is the version 2 tree of a hybrid layout. */
  readonly controllers: readonly string[];
  readonly root: string;
}

/** The layout as /proc/mounts tells it; undefined where no control groups are mounted. */
export function layoutOf(mounts: string): Layout | undefined {
  const entries = mounts.split("\n").map((line) => line.split(" "));
  const v2 = entries.findLast(([, , type]) => type === "cgroup2")?.[1];
  const v1 = entries.filter(([, , type]) => type === "cgroup").map(([, root = "", , options = ""]) => hierarchy(root, options));
  if (v1.some(({ controllers }) => controllers.includes("memory") || controllers.includes("pids"))) {
    return { version: 1, hierarchies: v2 === undefined ? v1 : [...v1, { controllers: [""], root: v2 }] };
  }
  return v2 === undefined ? undefined : { version: 2, root: v2 };
}

const GENERAL = new Set(["rw", "ro", "relatime", "noatime", "nosuid", "nodev", "noexec", "xattr", "clone_children"]);

function hierarchy(root: string, options: string): Hierarchy {
  return { root, controllers: options.split(",").filter((option) => !GENERAL.has(option)) };
}

export function rootOf(layout: Extract<Layout, { version: 1 }>, controller: string): string | undefined {
  return layout.hierarchies.find(({ controllers }) => controllers.includes(controller))?.root;
}
