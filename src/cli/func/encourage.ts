import type { Clock, Timer } from "../../std/clock.ts";
import type { Output } from "../shared/io.ts";

const LINES = [
  "Still building",
  "Still building, the first time takes longest",
  "Still building, nearly there",
  "Still building, thank you for waiting",
];
const EVERY_MS = 10_000;

/** Says now and then that long work goes on, until it is disposed. */
export function encourage(clock: Clock, output: Pick<Output, "write">): Disposable {
  let timer: Timer | undefined;
  let said = 0;
  const again = () => {
    timer = clock.setTimer(EVERY_MS, () => {
      output.write(`${LINES[said++ % LINES.length]}\n`);
      again();
    });
    timer.unref();
  };
  again();
  return { [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
}
