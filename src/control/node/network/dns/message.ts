/** The little of RFC 1035 that a resolver for a few names needs. */
export interface Query {
  readonly id: number;
  /** Lower case, without the dot at the end. */
  readonly name: string;
  readonly type: number;
  /** Bytes of the header and the question, to be repeated in the answer. */
  readonly question: Buffer;
  readonly recursionDesired: boolean;
}

export const TYPE_A = 1;
export const CODE = { ok: 0, serverFailure: 2, noSuchName: 3, notImplemented: 4 } as const;

const HEADER_BYTES = 12;
const MAX_NAME_BYTES = 255;

/** undefined for what is no question of the ordinary kind. */
export function parseQuery(message: Buffer): Query | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const flags = message.readUInt16BE(2);
  const isQuery = (flags & 0x8000) === 0 && (flags & 0x7800) === 0;
  if (!isQuery || message.readUInt16BE(4) !== 1) return undefined;
  const name = readName(message, HEADER_BYTES);
  if (name === undefined || name.end + 4 > message.length) return undefined;
  return {
    id: message.readUInt16BE(0),
    name: name.text,
    type: message.readUInt16BE(name.end),
    question: message.subarray(HEADER_BYTES, name.end + 4),
    recursionDesired: (flags & 0x0100) !== 0,
  };
}

/** A question has no compressed names. */
function readName(message: Buffer, start: number): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = [];
  for (let at = start; at < message.length && at - start <= MAX_NAME_BYTES;) {
    const length = message[at] ?? 0;
    if (length === 0) return { text: labels.join(".").toLowerCase(), end: at + 1 };
    if (length > 63 || at + 1 + length > message.length) return undefined;
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return undefined;
}

const TTL_SECONDS = 5;
const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;
const RECURSION_AVAILABLE = 0x0080;

/** An answer with IPv4 addresses, or none. */
export function makeAnswer(query: Query, code: number, addresses: readonly string[] = []): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const recursion = RECURSION_AVAILABLE | (query.recursionDesired ? 0x0100 : 0);
  header.writeUInt16BE(query.id, 0);
  header.writeUInt16BE(RESPONSE | AUTHORITATIVE | recursion | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, query.question, ...addresses.map(addressRecord)]);
}

function addressRecord(address: string): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc000 | HEADER_BYTES, 0); // the name of the question
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(4, 10);
  address.split(".").forEach((part, index) => record.writeUInt8(Number(part), 12 + index));
  return record;
}
