import type { Rounds } from "./report.ts";
import type { Readings, Session } from "./row.ts";

/** Ours and the peer in turn; every second round the peer goes first, so that a slow drift of the machine hits both. */
export async function runRounds(session: Session, count: number, progress: (text: string) => void): Promise<Rounds> {
  const ours: Readings[] = [];
  const peer: Readings[] = [];
  for (let round = 0; round < count; round++) {
    progress(`round ${round + 1} of ${count}`);
    const measureOurs = async () => void ours.push(await session.ours(round));
    const measurePeer = async () => void (session.peer !== undefined && peer.push(await session.peer.measure(round)));
    for (const step of round % 2 === 0 ? [measureOurs, measurePeer] : [measurePeer, measureOurs]) await step();
  }
  return { ours, peer, peerName: session.peer?.name ?? "" };
}
