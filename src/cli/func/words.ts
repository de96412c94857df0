/** What `kn` and `kinetic` hand over: the words behind `func`, also those that a shell wants completed. Undefined: not ours. */
export function wordsOfFunc(args: readonly string[]): readonly string[] | undefined {
  if (args[0] === "func") return args.slice(1);
  if (args[0]?.startsWith("__complete") === true && args[1] === "func" && args.length > 2) return [args[0], ...args.slice(2)];
  return args[0] === "help" && args[1] === "func" ? ["help", ...args.slice(2)] : undefined;
}
