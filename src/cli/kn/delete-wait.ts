import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { deadline, delay } from "../../std/abort.ts";
import { UserError } from "../shared/io.ts";
import { waitSettings, type WaitFlags } from "./flags.ts";
import { mustGet } from "./get.ts";
import type { Context } from "./kn.ts";

/** Between two reads, where nothing can be watched. */
const POLL_MS = 1_000;

/** The server may keep the watch this much longer than we wait. */
const WATCH_MARGIN_S = 30;

interface Deletion<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly name: string;
  readonly flags: WaitFlags;
  /** Sent when not waiting. */
  readonly propagationPolicy?: "Background";
}

/** Deletes an object that must exist. With `--wait` its children go first and the call returns when it is gone. */
export async function deleteObject<T extends KubeObject>(context: Context, deletion: Deletion<T>): Promise<void> {
  const { kind, name, flags, propagationPolicy } = deletion;
  const key = { namespace: context.namespace, name };
  const object = await mustGet(context, kind, name);
  if (flags.wait !== true || context.offline)
    return context.client.delete(kind, key, propagationPolicy === undefined ? {} : { propagationPolicy });
  await deleteAndWait(context, deletion, object.metadata.resourceVersion ?? "");
}

async function deleteAndWait<T extends KubeObject>(context: Context, { kind, name, flags }: Deletion<T>, version: string): Promise<void> {
  const { timeoutMs } = waitSettings(flags);
  using limit = deadline(context.clock, timeoutMs, context.signal);
  const options = {
    namespace: context.namespace,
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: version,
    timeoutSeconds: timeoutMs / 1000 + WATCH_MARGIN_S,
  };
  const events = context.client.watch(kind, options, limit.signal);
  const gone = (async () => {
    for await (const event of events) if (event.type === "DELETED") return true;
    return false;
  })();
  const watched = gone.catch(() => false); // and false too when nothing can be watched
  await context.client.delete(kind, { namespace: context.namespace, name }, { propagationPolicy: "Foreground" });
  try {
    if (!(await watched)) await untilGone(context, { kind, name }, limit.signal);
  } catch (error) {
    if (!limit.signal.aborted) throw error;
    throw new UserError(`timeout: ${kind.kind.toLowerCase()} '${name}' not ready after ${timeoutMs / 1000} seconds`);
  }
}

/** Reads the object until it is not there. */
async function untilGone(context: Context, { kind, name }: { kind: KindRef; name: string }, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  while ((await context.client.get(kind, { namespace: context.namespace, name })) !== undefined) {
    await delay(context.clock, POLL_MS, signal);
  }
}

/** Does each in turn, goes on after a failure, and fails at the end with all messages. */
export async function eachName(names: readonly string[], act: (name: string) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  for (const name of names) {
    await act(name).catch((error: unknown) => failures.push(error instanceof Error ? error.message : String(error)));
  }
  if (failures.length > 0) throw new UserError(failures.join("\n"));
}
