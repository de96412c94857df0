/** What wheels may be for: the names of platforms, as pip takes them. */
import type { Platform } from "../../../images/oci/manifest.ts";

const MACHINES: Readonly<Record<string, string>> = {
  amd64: "x86_64",
  arm64: "aarch64",
  arm: "armv7l",
  "386": "i686",
};

/** As Linux calls the machine. */
export function machineName(architecture: string): string {
  return MACHINES[architecture] ?? architecture;
}

/** The oldest C library that an image may have, and the newest that wheels in use ask for. */
const OLDEST_GLIBC = 5;
const NEWEST_GLIBC = 34;
const LEGACY: readonly (readonly [number, string])[] = [
  [17, "manylinux2014"],
  [12, "manylinux2010"],
  [5, "manylinux1"],
];

/** Newest first. The same on every machine, whatever C library it has itself. */
export function platformTags({ architecture }: Platform, libc: "glibc" | "musl"): readonly string[] {
  const machine = machineName(architecture);
  if (libc === "musl") return ["musllinux_1_2", "musllinux_1_1"].map((tag) => `${tag}_${machine}`);
  const tags: string[] = [];
  for (let minor = NEWEST_GLIBC; minor >= OLDEST_GLIBC; minor--) {
    tags.push(`manylinux_2_${minor}_${machine}`);
    for (const [of, name] of LEGACY) if (of === minor) tags.push(`${name}_${machine}`);
  }
  return [...tags, `linux_${machine}`];
}
