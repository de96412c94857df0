/** The thread of the sequencer: gathers what has arrived into a turn, commits, answers, syncs, answers. */
import type { MessagePort } from "node:worker_threads";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { createStoreDisk } from "./disk.ts";
import { SequencerLoop } from "./loop.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "./messages.ts";
import { openSequencer } from "./open-sequencer.ts";

function main(port: MessagePort, setup: WorkerSetup): void {
  const post = (message: FromWorker) => port.postMessage(message);
  const disk = createStoreDisk();
  const opened = openSequencer(setup.folder, disk, setup.tuning);
  if (opened.kind !== "ok") {
    post({ kind: "refused", failure: opened });
    disk[Symbol.dispose]();
    return port.close();
  }
  const { sequencer, lock } = opened;
  const loop = new SequencerLoop(sequencer, post, (work) => void setImmediate(work));
  port.on("message", (first: ToWorker) => {
    const arrived = [first];
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) arrived.push(next.message);
    if (loop.handle(arrived) === "open") return;
    for (const owned of [sequencer, disk, lock]) owned[Symbol.dispose]();
    post({ kind: "closed" });
    port.close();
  });
  post({ kind: "opened", revision: sequencer.revision });
}

if (parentPort !== null) main(parentPort, workerData as WorkerSetup);
