import type { Clock } from "./clock.ts";

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it aborts. Leaves no timer behind. */
export function delay(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = clock.setTimer(delayMs, resolve);
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  return promise.finally(() => {
    timer[Symbol.dispose]();
    signal.removeEventListener("abort", onAbort);
  });
}

/** `promise`, or a rejection with the signal's reason if that comes first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    void promise.catch(() => {}); // nobody waits for it any more
    return Promise.reject(signal.reason);
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", onAbort));
}

/**
 * A signal that aborts when any of `signals` does, or after `timeoutMs` with a TimeoutError. Dispose it to drop the timer and
 * to let go of the signals. (`AbortSignal.any` would leave its mark on long-lived signals, which costs more with each call.)
 */
export function deadline(clock: Clock, timeoutMs: number, ...signals: AbortSignal[]): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const timer = clock.setTimer(timeoutMs, () => controller.abort(new DOMException("deadline exceeded", "TimeoutError")));
  const follow = signals.map((signal) => {
    const onAbort = () => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    return () => signal.removeEventListener("abort", onAbort);
  });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      timer[Symbol.dispose]();
      for (const stop of follow) stop();
    },
  };
}
