/** Whether a file is a program that needs nothing from its image: a static ELF binary of this machine. */
export type Program = { readonly kind: "static" } | { readonly kind: "other"; readonly why: string };

const MAGIC = 0x7f454c46;
const PT_INTERP = 3;
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/** `head` is the beginning of the file, at least its program headers (4 KiB are plenty). */
export function inspectElf(head: Buffer, machine: string): Program {
  if (head.length < 64 || head.readUInt32BE(0) !== MAGIC) return { kind: "other", why: "it is not an ELF binary" };
  if (head[4] !== 2 || head[5] !== 1) return { kind: "other", why: "it is not a 64-bit little-endian binary" };
  if (head.readUInt16LE(18) !== MACHINES[machine]) return { kind: "other", why: "it is for another CPU" };
  const offset = Number(head.readBigUInt64LE(32));
  const size = head.readUInt16LE(54);
  const count = head.readUInt16LE(56);
  for (let index = 0; index < count; index++) {
    const at = offset + index * size;
    if (at + 4 > head.length) return { kind: "other", why: "its program headers are unusually far away" };
    if (head.readUInt32LE(at) === PT_INTERP) return { kind: "other", why: "it is linked dynamically" };
  }
  return { kind: "static" };
}
