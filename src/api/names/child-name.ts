import { md5 } from "@noble/hashes/legacy.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

const LONGEST = 63;
const HASH = 32;
const HEAD = LONGEST - HASH;

/**
 * The name of a child: parent and suffix, or, when that is longer than the 63 characters of a DNS label, a shortened
 * form with an MD5 in it. Equal to Knative's names character by character, because clients look children up by it.
 */
export function childName(parent: string, suffix: string): string {
  if (parent.length + suffix.length <= LONGEST) return parent + suffix;
  const room = HEAD - suffix.length;
  if (room > 0) return parent.slice(0, room) + hash(parent) + suffix;
  const name = parent.slice(0, HEAD) + hash(parent + suffix);
  return withoutTrailingPunctuation(name + suffix.slice(0, Math.max(0, LONGEST - name.length)));
}

function hash(text: string): string {
  return bytesToHex(md5(utf8ToBytes(text)));
}

function withoutTrailingPunctuation(name: string): string {
  return name.replace(/[^a-zA-Z0-9]+$/, "");
}
