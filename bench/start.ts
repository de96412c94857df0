import { startPlatform, temporaryDirectory } from "./harness/platform.ts";
import type { Program } from "./harness/program.ts";
import type { Readings, Row } from "./harness/row.ts";

const REAL = "real Knative on Kubernetes, from nothing to Available: 15.1-22.8 s; to the first 200: 16.9-24.7 s";

/** From the spawn of `kinetic up` until the ready file is there. */
export const startRow: Row = {
  name: "start",
  title: "start to usable",
  figures: [
    { key: "first", what: "first start, empty data directory", unit: "s", better: "lower", bar: 4, goal: 2, recorded: REAL },
    { key: "later", what: "later start", unit: "s", better: "lower", bar: 1.5, goal: 0.7 },
    { key: "sourceFirst", what: "first start from source (a clone)", unit: "s", better: "lower" },
    { key: "sourceLater", what: "later start from source", unit: "s", better: "lower" },
  ],
  open: ({ program, source }) =>
    Promise.resolve({
      async ours(): Promise<Readings> {
        const [first, later] = await twoStarts(program);
        if (program.root === source.root) return { sourceFirst: first, sourceLater: later };
        const [sourceFirst, sourceLater] = await twoStarts(source);
        return { first, later, sourceFirst, sourceLater };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};

async function twoStarts(program: Program): Promise<[first: number, later: number]> {
  await using directory = await temporaryDirectory();
  return [await secondsOfStart(program, directory.path), await secondsOfStart(program, directory.path)];
}

async function secondsOfStart(program: Program, dataDirectory: string): Promise<number> {
  await using platform = await startPlatform({ program, dataDirectory });
  return platform.startMs / 1000;
}
