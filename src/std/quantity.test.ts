import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityMilli,
  quantityValue,
  type Quantity,
} from "./quantity.ts";

function quantity(text: string): Quantity {
  const parsed = parseQuantity(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

describe("quantities", () => {
  const canonical: [string, string][] = [
    ["0", "0"],
    ["1", "1"],
    ["1000m", "1"],
    ["1500m", "1500m"],
    ["1.5", "1500m"],
    ["0.1", "100m"],
    [".5", "500m"],
    ["1000", "1k"],
    ["1024", "1024"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["0.5Ki", "512"],
    ["1e3", "1e3"],
    ["1000e3", "1e6"],
    ["12E", "12E"],
    ["1E6", "1e6"],
    ["-2Gi", "-2Gi"],
    ["-500m", "-500m"],
    ["1n", "1n"],
    ["0.0000000001", "1n"],
    ["nonsense", "nonsense"],
  ];
  for (const [text, expected] of canonical) it(`${text} is written ${expected}`, () => assert.equal(canonicalQuantity(text), expected));

  for (const text of ["", "1 Gi", "Gi", "1gi", "1ki", "--1", "1.2.3", "0x1", "1e"]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseQuantity(text), undefined));
  }

  it("compares across forms", () => {
    assert.equal(compareQuantities(quantity("1Gi"), quantity("1G")), 1);
    assert.equal(compareQuantities(quantity("1000m"), quantity("1")), 0);
    assert.equal(compareQuantities(quantity("999m"), quantity("1")), -1);
  });

  it("gives numbers and sums", () => {
    assert.equal(quantityValue(quantity("1Ki")), 1024);
    assert.equal(quantityMilli(quantity("1.5")), 1500);
    assert.equal(quantityMilli(quantity("1n")), 1);
    assert.equal(formatQuantity(addQuantities(quantity("512Mi"), quantity("512Mi"))), "1Gi");
  });
});
