/** SIGINT, SIGTERM, SIGHUP or the loss of the launcher, as one promise and one signal. A second signal ends the process at once. */
export function untilStopped(): { readonly stopped: Promise<void>; readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
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
