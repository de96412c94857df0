import { systemClock } from "../../../std/clock.ts";

/** Ctrl-C reaches us from the terminal and again through npm and the launcher: what follows this closely is one wish. */
const ONE_WISH_MS = 700;

/** SIGINT, SIGTERM, SIGHUP or the loss of the launcher, as one promise and one signal. A second wish ends the process at once. */
export function untilStopped(): { readonly stopped: Promise<void>; readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstMs = 0;
  const stop = () => {
    if (controller.signal.aborted) {
      if (systemClock.monotonicMs() - firstMs > ONE_WISH_MS) process.exit(130);
      return;
    }
    firstMs = systemClock.monotonicMs();
    controller.abort();
    resolve();
  };
  const lost = () => void (controller.signal.aborted || stop());
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  process.on("disconnect", lost);
  return {
    stopped: promise,
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, stop);
      process.off("disconnect", lost);
    },
  };
}
