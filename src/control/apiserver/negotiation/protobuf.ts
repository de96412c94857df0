/** Kubernetes' protobuf: `k8s\0`, then runtime.Unknown { typeMeta { apiVersion, kind }, raw, contentEncoding, contentType }. */
import protobuf from "protobufjs/minimal.js";
import { FACTS } from "../../../api/k8s/facts.ts";
import { groupVersionKindOf } from "../../../api/k8s/groups.ts";
import { bytes, expectWireType, readFields, readMessage, text, WireError, WireType } from "./wire-codec.ts";
import { messageCodec } from "./wire-schema.ts";

export const PROTOBUF = "application/vnd.kubernetes.protobuf";

const MAGIC = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);
const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

export type Decoded =
  | { readonly kind: "ok"; readonly object: Record<string, unknown> }
  | { readonly kind: "malformed"; readonly message: string }
  /** Well-formed, but of a kind that has no protobuf form here. */
  | { readonly kind: "unknownKind"; readonly apiVersion: string; readonly objectKind: string };

/** The object as kubectl would have sent it in JSON. */
export function decodeProtobuf(body: Uint8Array): Decoded {
  if (!MAGIC.every((byte, index) => body[index] === byte)) {
    return { kind: "malformed", message: "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]" };
  }
  try {
    return decodeEnvelope(body.subarray(MAGIC.length));
  } catch (error) {
    if (error instanceof WireError || error instanceof RangeError || isReaderError(error)) {
      return { kind: "malformed", message: (error as Error).message };
    }
    throw error;
  }
}

/** protobufjs throws plain errors: `invalid varint encoding`, `invalid wire type 7 at offset 3`. */
function isReaderError(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("invalid ");
}

function decodeEnvelope(body: Uint8Array): Decoded {
  const { apiVersion, kind, raw, contentEncoding } = readUnknown(body);
  if (contentEncoding !== "") return { kind: "malformed", message: `unsupported content encoding ${contentEncoding}` };
  const definition = definitionOf(apiVersion, kind);
  if (definition === undefined) return { kind: "unknownKind", apiVersion, objectKind: kind };
  const content = messageCodec(definition).readRoot(protobuf.Reader.create(raw), raw.length);
  return { kind: "ok", object: { kind, apiVersion, ...content } };
}

interface Unknown {
  apiVersion: string;
  kind: string;
  raw: Uint8Array;
  contentEncoding: string;
}

function readUnknown(body: Uint8Array): Unknown {
  const reader = protobuf.Reader.create(body);
  const unknown: Unknown = { apiVersion: "", kind: "", raw: new Uint8Array(0), contentEncoding: "" };
  readFields(reader, body.length, 0, (number, wireType, depth) => {
    if (number < 1 || number > 4) return false;
    expectWireType(wireType, WireType.bytes, "Unknown");
    if (number === 1) Object.assign(unknown, readTypeMeta(reader, depth));
    else if (number === 2) unknown.raw = bytes(reader);
    else if (number === 3) unknown.contentEncoding = text(reader);
    else text(reader);
    return true;
  });
  return unknown;
}

function readTypeMeta(reader: protobuf.Reader, depth: number): { apiVersion: string; kind: string } {
  const meta = { apiVersion: "", kind: "" };
  readMessage(reader, depth, (number, wireType) => {
    if (number !== 1 && number !== 2) return false;
    expectWireType(wireType, WireType.bytes, "TypeMeta");
    meta[number === 1 ? "apiVersion" : "kind"] = text(reader);
    return true;
  });
  return meta;
}

/** Byte for byte what Go's generated code writes. undefined: the kind has no protobuf form here. */
export function encodeProtobuf(object: Readonly<Record<string, unknown>>): Uint8Array | undefined {
  const apiVersion = String(object["apiVersion"] ?? "");
  const kind = String(object["kind"] ?? "");
  const definition = definitionOf(apiVersion, kind);
  if (definition === undefined) return undefined;
  const writer = protobuf.Writer.create();
  writer.uint32(10).fork().uint32(10).string(apiVersion).uint32(18).string(kind).ldelim();
  messageCodec(definition).write(writer.uint32(18), object);
  writer.uint32(26).string("").uint32(34).string("");
  return Buffer.concat([MAGIC, writer.finish()]);
}

/** The built-in kind's definition, or undefined. Kinds of meta.k8s.io (DeleteOptions, Status) come under any group version. */
export function definitionOf(apiVersion: string, kind: string): string | undefined {
  const found = byKind().get(`${apiVersion}/${kind}`) ?? byKind().get(`${apiVersion}/${kind.replace(/List$/, "")}`);
  if (found === undefined) return Object.hasOwn(FACTS, META + kind) ? META + kind : undefined;
  return found.endsWith(`.${kind}`) ? found : `${found}List`;
}

let kinds: ReadonlyMap<string, string> | undefined;

function byKind(): ReadonlyMap<string, string> {
  kinds ??= new Map(
    Object.keys(FACTS)
      .filter((definition) => !definition.startsWith(META))
      .map((definition) => {
        const { group, version, kind } = groupVersionKindOf(definition);
        return [`${group === "" ? version : `${group}/${version}`}/${kind}`, definition];
      }),
  );
  return kinds;
}
