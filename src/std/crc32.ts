const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 (IEEE) of a text in UTF-8 or of bytes. */
export function crc32(data: string | Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of typeof data === "string" ? new TextEncoder().encode(data) : data) crc = (TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
