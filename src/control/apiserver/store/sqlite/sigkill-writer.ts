/** The victim of sigkill.test.ts: writes without end and prints a line for each acknowledged write. */
import { systemClock } from "../../../../std/clock.ts";
import { silentLogger } from "../../../../std/logger.ts";
import { openSqliteStore } from "./open.ts";

const WRITERS = 8;

async function main(directory: string): Promise<void> {
  const opened = await openSqliteStore({ directory, clock: systemClock, logger: silentLogger });
  if (opened.kind !== "ok") throw new Error(opened.message);
  const start = opened.store.revision();
  const write = async (writer: number) => {
    for (let i = 0; ; i++) {
      const key = `/${start}/${writer}/${i}`;
      const durability = i % 2 === 0 ? "durable" : "derived";
      const result = await opened.store.write({ op: "create", key, value: JSON.stringify({ key, fill: "x".repeat(500) }), durability });
      if (result.kind !== "ok") throw new Error(JSON.stringify(result));
      // Waiting for the pipe holds the writer back when its reader is slow.
      await new Promise<unknown>((resolve) => process.stdout.write(`${result.revision} ${key}\n`, resolve));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
}

await main(process.argv[2] ?? "");
