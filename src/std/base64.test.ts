import assert from "node:assert/strict";
import { it } from "node:test";
import { base64OfText, base64Size, textOfBase64 } from "./base64.ts";

it("encodes UTF-8, long texts too, and knows the size", () => {
  assert.equal(base64OfText("é"), "w6k=");
  const long = "é".repeat(50_000);
  const encoded = base64OfText(long);
  assert.equal(Buffer.from(encoded, "base64").toString(), long);
  for (const text of ["", "a", "ab", "abc", "abcd"]) assert.equal(base64Size(base64OfText(text)), text.length);
});

it("decodes what it encoded, and refuses what is none", () => {
  for (const text of ["", "é", "a\0b", "x".repeat(20_000)]) assert.equal(textOfBase64(base64OfText(text)), text);
  assert.throws(() => textOfBase64("!"));
});
