/**
 * Like `Promise.all` over `items`, with at most `atOnce` under way. After a failure no more are begun, and it rejects once those
 * under way have ended.
 */
export async function inTurn<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  let failure: { readonly error: unknown } | undefined;
  const runner = async () => {
    for (const [index, item] of entries) {
      if (failure !== undefined) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, runner));
  if (failure !== undefined) throw failure.error;
  return results;
}
