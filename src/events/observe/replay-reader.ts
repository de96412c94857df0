/** The name of a replay's cursor says everything that it needs to go on after a restart. */

/** Readers of replays have names of their own, which no object stands for. */
export const REPLAY_PREFIX = "replay-";

export interface ReplayIdentity {
  readonly name: string;
  readonly namespace: string;
  /** Name and uid: a trigger that is made again under the same name is another. */
  readonly trigger: string;
  readonly triggerUid: string;
  readonly from: number;
  readonly to: number;
  readonly rate: number;
  readonly replies: "discard" | "keep";
  readonly createdAtMs: number;
}

export function readerOfReplay(replay: ReplayIdentity): string {
  const fields = Object.entries(replay).map(([key, value]): [string, string] => [key, String(value)]);
  return `${REPLAY_PREFIX}${new URLSearchParams(fields).toString()}`;
}

/** undefined: it is no reader of a replay. */
export function replayOfReader(reader: string): ReplayIdentity | undefined {
  if (!reader.startsWith(REPLAY_PREFIX)) return undefined;
  const fields = new URLSearchParams(reader.slice(REPLAY_PREFIX.length));
  const text = (key: string) => fields.get(key) ?? "";
  const name = text("name");
  if (name === "") return undefined;
  return {
    name,
    namespace: text("namespace"),
    trigger: text("trigger"),
    triggerUid: text("triggerUid"),
    from: Number(text("from")),
    to: Number(text("to")),
    rate: Number(text("rate")),
    replies: text("replies") === "keep" ? "keep" : "discard",
    createdAtMs: Number(text("createdAtMs")),
  };
}
