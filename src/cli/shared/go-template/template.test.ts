import assert from "node:assert/strict";
import { test } from "node:test";
import { DATA, ERRORS, STRICT_ERRORS, TEXTS } from "./fixtures/recorded.ts";
import { compileGoTemplate, GoError } from "./template.ts";
import type { GoValue } from "./values.ts";

/** The text, or the error as it is said. */
function outcome(template: string, data: GoValue, strict = false): string {
  try {
    const { text, error } = compileGoTemplate(template)(data, { strict });
    return error === undefined ? text : error.message;
  } catch (error) {
    if (error instanceof GoError) return error.message;
    throw error;
  }
}

test("go-template: fields, range, with, variables, functions and trimming give Go's text", () => {
  assert.ok(TEXTS.length > 80);
  for (const [template, text] of TEXTS) assert.equal(outcome(template, DATA), text, template);
});

test("go-template: what is wrong is said in Go's words, with line, column and the place", () => {
  assert.ok(ERRORS.length > 70);
  for (const [template, error] of ERRORS) assert.equal(outcome(template, DATA), `template: output:${error}`, template);
});

test("go-template: a missing key is an error when that is asked for", () => {
  for (const [template, error] of STRICT_ERRORS) assert.equal(outcome(template, DATA, true), `template: output:${error}`, template);
});

test("go-template: lines are counted, columns are bytes, and what came out before an error is kept", () => {
  const { text, error } = compileGoTemplate("a\nbé {{.kind}}\né {{.kind.x}}")(DATA);
  assert.equal(text, "a\nbé List\né ");
  assert.equal(error?.message, 'template: output:3:10: executing "output" at <.kind.x>: can\'t evaluate field x in type interface {}');
});

test("go-template: nothing is taken from a value's prototype, and no template runs for ever", () => {
  assert.equal(outcome('{{.constructor}} {{.__proto__}} {{index . "toString"}}', {}), "<no value> <no value> <no value>");
  assert.equal(outcome("{{constructor}}", {}), 'template: output:1: function "constructor" not defined');
  assert.match(outcome('{{define "T"}}{{template "T"}}{{end}}{{template "T"}}', {}), /exceeded maximum template depth/);
});
