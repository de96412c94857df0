import { Command } from "commander";
import { DEFAULT_REPLAY_RATE, replayKind, type Replay } from "../../../api/observe/replay.ts";
import { isNotFound } from "../../../api/meta/errors.ts";
import { delay } from "../../../std/abort.ts";
import { systemClock } from "../../../std/clock.ts";
import type { Io } from "../../shared/io.ts";
import { renderTable } from "../../shared/table.ts";
import { confirm } from "./confirm.ts";
import { addTarget, interruptible, rate, type Observed, type OpenObserved, type TargetFlags } from "./observed.ts";

interface Flags extends TargetFlags {
  readonly name?: string;
  readonly from: string;
  readonly to?: string;
  readonly rate: number;
  readonly keepReplies?: boolean;
  readonly yes?: boolean;
  readonly wait: boolean;
  readonly cancel?: string;
  readonly json?: boolean;
}

const LOOK_MS = 200;

export function replayCommand(io: Io, open: OpenObserved): Command {
  return addTarget(new Command("replay").description("send past events to a trigger again; without a trigger, list the replays"))
    .argument("[trigger]", "whose subscriber gets them")
    .option("--name <name>", "of the replay")
    .option("--from <place>", "oldest, an offset or an RFC 3339 time", "oldest")
    .option("--to <place>", "an offset or an RFC 3339 time, exclusive; now unless given")
    .option("--rate <n>", "events per second", rate, DEFAULT_REPLAY_RATE)
    .option("--keep-replies", "what the subscriber answers goes to the broker; else it is discarded")
    .option("--cancel <name>", "end a replay; what was not sent is not sent")
    .option("-y, --yes", "do not ask")
    .option("--no-wait", "return as soon as it has begun")
    .option("--json", "print one JSON object a line")
    .action(async (trigger: string | undefined, flags: Flags) => {
      await using observed = await open(io, flags);
      if (flags.cancel !== undefined) return await cancel(io, observed, flags.cancel);
      if (trigger === undefined) return await list(io, observed, flags);
      using stop = interruptible();
      await run({ io, observed, flags, signal: stop.signal }, trigger);
    });
}

async function cancel(io: Io, observed: Observed, name: string): Promise<void> {
  await observed.ask(replayKind, { method: "DELETE", name });
  io.stdout.write(`replay ${name} cancelled\n`);
}

async function list(io: Io, observed: Observed, { json }: Flags): Promise<void> {
  const { items } = await observed.ask<{ items: readonly Replay[] }>(replayKind);
  if (json === true) return void io.stdout.write(items.map((item) => `${JSON.stringify(item)}\n`).join(""));
  if (items.length === 0) return void io.stdout.write("no replays\n");
  const rows = items.map(({ metadata, spec, status }) => {
    return [metadata.name ?? "", spec.trigger, status?.phase ?? "", `${status?.done ?? 0}/${status?.total ?? 0}`, status?.message ?? ""];
  });
  io.stdout.write(renderTable([["NAME", "TRIGGER", "PHASE", "DONE", "MESSAGE"], ...rows]));
}

interface Run {
  readonly io: Io;
  readonly observed: Observed;
  readonly flags: Flags;
  readonly signal: AbortSignal;
}

async function run({ io, observed, flags, signal }: Run, trigger: string): Promise<void> {
  const body = {
    metadata: flags.name === undefined ? {} : { name: flags.name },
    spec: {
      trigger,
      from: flags.from,
      rate: flags.rate,
      replies: flags.keepReplies === true ? "keep" : "discard",
      ...(flags.to === undefined ? {} : { to: flags.to }),
    },
  };
  const plan = await observed.ask<Replay>(replayKind, { method: "POST", body, query: { dryRun: "All" } });
  const { total = 0, fromOffset = 0, toOffset = 0 } = plan.status ?? {};
  if (total === 0) return void io.stdout.write("there is nothing to replay\n");
  const what = `up to ${total} events (offsets ${fromOffset} to ${toOffset - 1}) to trigger ${trigger} at ${flags.rate}/s`;
  if (flags.yes !== true) await confirm(io, `replay ${what}?`, signal);
  const fixed = { ...body, metadata: { name: plan.metadata.name }, spec: { ...body.spec, from: String(fromOffset), to: String(toOffset) } };
  const begun = await observed.ask<Replay>(replayKind, { method: "POST", body: fixed });
  const name = begun.metadata.name ?? "";
  if (flags.json !== true) io.stdout.write(`replay ${name}: ${what}\n`);
  const last = flags.wait ? await follow({ io, observed, flags, signal }, begun) : begun;
  if (flags.json === true) io.stdout.write(`${JSON.stringify(last)}\n`);
  else if (last.status?.phase === "Completed") io.stdout.write(`done: ${last.status.done} events, ${last.status.parked} parked\n`);
  else io.stdout.write(`it goes on by itself; end it with: kinetic events replay --cancel ${name}\n`);
}

/** Until it is complete, or nobody wants to wait any longer; it goes on without us. */
async function follow({ io, observed, flags, signal }: Run, begun: Replay): Promise<Replay> {
  const progress = (text: string) => (flags.json === true || io.stdout.isTTY !== true ? undefined : io.stdout.write(`\r${text}`));
  let last = begun;
  while (last.status?.phase !== "Completed" && !signal.aborted) {
    await delay(systemClock, LOOK_MS, signal).catch(() => {});
    const next = await observed.ask<Replay>(replayKind, { name: begun.metadata.name ?? "" }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined; // somebody cancelled it
      throw error;
    });
    if (next === undefined) return last;
    last = next;
    progress(`${last.status?.done}/${last.status?.total} ${last.status?.message ?? ""}`);
  }
  progress("\n");
  return last;
}
