import { rename, writeFile } from "node:fs/promises";

/** Writes JSON to a file that appears whole or not at all, so that whoever waits for it never reads half of it. */
export async function writeWhole(path: string, value: object): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}
