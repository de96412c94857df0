/** Events in messages: copied into one buffer, which is handed over, instead of being cloned with whatever buffers they are views of. */
import type { Call, TurnReport } from "../host.ts";

export interface Packed<T> {
  readonly message: T;
  readonly transfer: readonly ArrayBuffer[];
}

type Move = (bytes: Uint8Array) => Uint8Array;

export function packCalls(calls: readonly Call[]): Packed<readonly Call[]> {
  return packed(calls, (all, move) => all.map((call) => movedCall(call, move)));
}

export function packReport(report: TurnReport): Packed<TurnReport> {
  return packed(report, (one, move) => ({ ...one, answers: one.answers.map((answer) => movedAnswer(answer, move)) }));
}

/** Walks twice: to add up the lengths, then to copy. */
function packed<T>(value: T, walk: (value: T, move: Move) => T): Packed<T> {
  let total = 0;
  walk(value, (bytes) => {
    total += bytes.length;
    return bytes;
  });
  if (total === 0) return { message: value, transfer: [] };
  const buffer = new Uint8Array(total);
  let at = 0;
  const message = walk(value, (bytes) => {
    const view = buffer.subarray(at, at + bytes.length);
    view.set(bytes);
    at += bytes.length;
    return view;
  });
  return { message, transfer: [buffer.buffer] };
}

function movedCall(call: Call, move: Move): Call {
  const { request } = call;
  if (request.op === "append") {
    return { ...call, request: { ...request, ask: { ...request.ask, events: request.ask.events.map(move) } } };
  }
  if (request.op === "editParked") return { ...call, request: { ...request, ask: { ...request.ask, event: move(request.ask.event) } } };
  if (request.op !== "settle" || request.ask.replies === undefined) return call;
  const replies = { ...request.ask.replies, events: request.ask.replies.events.map(move) };
  return { ...call, request: { ...request, ask: { ...request.ask, replies } } };
}

type OneAnswer = TurnReport["answers"][number];

/** Reads carry events; nothing else has bytes of any size. */
function movedAnswer(one: OneAnswer, move: Move): OneAnswer {
  const { answer } = one;
  if (answer === undefined || !("events" in answer || "event" in answer)) return one;
  if ("event" in answer) return { ...one, answer: { ...answer, event: { ...answer.event, bytes: move(answer.event.bytes) } } };
  const events = answer.events.map((event) => ({ ...event, bytes: move(event.bytes) }));
  return { ...one, answer: { ...answer, events } as OneAnswer["answer"] };
}
