/** Our texts against what is served: nothing without a text, no text about nothing. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { describeWith, type Describe, type FieldTexts } from "../../../api/descriptions/describe.ts";
import { describe as describeType, descriptions } from "../../../api/descriptions/texts.ts";
import { allDefinitions, allKinds } from "../../../api/kinds.ts";
import type { JsonSchema } from "../../../api/meta/schema.ts";
import { definitionsFor } from "./closure.ts";
import { pathsOf } from "./operations.ts";

const served = Object.entries(definitionsFor(allKinds.flatMap(pathsOf), allKinds, allDefinitions()));

/** Paths of fields, in place or not, that have no description. */
function undescribed(path: string, { properties, items, additionalProperties: values }: JsonSchema): string[] {
  return [
    ...Object.entries(properties ?? {}).flatMap(([field, schema]) => [
      ...(schema.description === undefined ? [`${path}.${field}`] : []),
      ...undescribed(`${path}.${field}`, schema),
    ]),
    ...(items === undefined ? [] : undescribed(`${path}[]`, items)),
    ...(typeof values === "object" ? undescribed(`${path}{}`, values) : []),
  ];
}

class RecordingMap<V> extends Map<string, V> {
  readonly asked = new Set<string>();

  override get(key: string): V | undefined {
    this.asked.add(key);
    return super.get(key);
  }
}

/** Describes everything, and tells which texts, bases and members were of use. */
function recorded() {
  const used = new Set<string>();
  const types = new Map(
    [...descriptions.types].map(([type, texts]): readonly [string, FieldTexts] => {
      const get = (_texts: FieldTexts, field: string) => {
        if (field in texts) used.add(`${type}.${field}`);
        return texts[field];
      };
      return [type, new Proxy(texts, { get })];
    }),
  );
  const members = new RecordingMap(descriptions.members);
  const bases = new RecordingMap(descriptions.bases);
  const record: Describe = describeWith({ types, bases, members });
  for (const [name, schema] of served) record(name, schema);
  return { used, members: members.asked, bases: bases.asked };
}

describe("the descriptions of what is served", () => {
  it("cover every type and every field", () => {
    const missing = served.flatMap(([name, schema]) => {
      const described = describeType(name, schema);
      return [...(described.description === undefined ? [name] : []), ...undescribed(name, described)];
    });
    assert.deepEqual(missing, []);
    assert.ok(served.length > 250, `only ${served.length} definitions`);
  });

  it("name no field that does not exist", () => {
    const { used, members, bases } = recorded();
    const all = [...descriptions.types].flatMap(([type, texts]) => Object.keys(texts).map((field) => `${type}.${field}`));
    assert.deepEqual(
      all.filter((text) => !used.has(text)),
      [],
    );
    assert.deepEqual(
      [...descriptions.members.keys()].filter((member) => !members.has(member)),
      [],
    );
    assert.deepEqual(
      [...descriptions.bases.keys()].filter((type) => !bases.has(type)),
      [],
    );
  });

  it("are short sentences", () => {
    const texts = [...descriptions.types].flatMap(([type, fields]) =>
      Object.entries(fields).map(([field, text]) => ({ type, field, text })),
    );
    const odd = texts.filter(({ text }) => !text.endsWith(".") || text.length > 240 || text.trim() !== text || / {2}/.test(text));
    assert.deepEqual(odd, []);
    assert.ok(texts.length > 1000, `only ${texts.length} texts`);
  });

  it("are imported by nothing that a start needs", () => {
    const root = join(import.meta.dirname, "../../..");
    const files = globSync("**/*.ts", { cwd: root }).filter((path) => !path.endsWith(".test.ts") && !path.startsWith("api/descriptions/"));
    const guilty = files.filter((path) => /from "[^"]*descriptions\/(?!describe\.ts)/.test(readFileSync(join(root, path), "utf8")));
    assert.deepEqual(guilty, []);
    assert.ok(files.length > 300);
  });
});
