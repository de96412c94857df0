import { cast, MAX_INTEGER, MIN_INTEGER, ZERO, type EvaluationError, type Value, type ValueType } from "./value.ts";

export type Report = (kind: EvaluationError["kind"], message: string) => void;

/** A built-in function; arguments arrive cast to `parameters` (`any` as they are). */
export interface BuiltIn {
  readonly parameters: readonly (ValueType | "any")[];
  /** Any number more of this type. */
  readonly rest?: ValueType | "any";
  readonly result: ValueType;
  call(args: readonly Value[], report: Report): Value;
}

const text = (call: (value: string) => Value, result: ValueType = "string"): BuiltIn => ({
  parameters: ["string"],
  result,
  call: ([value]) => call(String(value)),
});

const FUNCTIONS: Readonly<Record<string, readonly BuiltIn[]>> = {
  LENGTH: [text((value) => [...value].length, "number")],
  LOWER: [text((value) => value.toLowerCase())],
  UPPER: [text((value) => value.toUpperCase())],
  TRIM: [text((value) => value.trim())],
  CONCAT: [{ parameters: [], rest: "string", result: "string", call: (args) => args.join("") }],
  CONCAT_WS: [{ parameters: ["string"], rest: "string", result: "string", call: ([glue, ...args]) => args.join(String(glue)) }],
  LEFT: [side((characters, count) => characters.slice(0, count))],
  RIGHT: [side((characters, count) => characters.slice(Math.max(0, characters.length - count)))],
  SUBSTRING: [substring(["string", "number"]), substring(["string", "number", "number"])],
  ABS: [{ parameters: ["number"], result: "number", call: ([value], report) => abs(Number(value), report) }],
  INT: [castTo("number")],
  STRING: [castTo("string")],
  BOOL: [castTo("boolean")],
  IS_INT: [{ parameters: ["any"], result: "boolean", call: ([value = 0]) => cast(value, "number") !== undefined }],
  IS_BOOL: [{ parameters: ["any"], result: "boolean", call: ([value = 0]) => explicitCast(value, "boolean") !== undefined }],
};

/** The function of this name (upper case) that takes this many arguments. */
export function findFunction(name: string, count: number): BuiltIn | undefined {
  const takes = ({ parameters, rest }: BuiltIn) => (rest === undefined ? count === parameters.length : count >= parameters.length);
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name]?.find(takes) : undefined;
}

function side(part: (characters: readonly string[], count: number) => readonly string[]): BuiltIn {
  return {
    parameters: ["string", "number"],
    result: "string",
    call([value = "", count = 0], report) {
      if (Number(count) >= 0) return part([...String(value)], Number(count)).join("");
      report("functionEvaluation", `${count} is no number of characters`);
      return value;
    },
  };
}

/** Positions count from 1, negative ones from the end; 0 is before the text. */
function substring(parameters: readonly ValueType[]): BuiltIn {
  return {
    parameters,
    result: "string",
    call([value = "", position = 0, length = MAX_INTEGER], report) {
      const characters = [...String(value)];
      const at = Number(position);
      if (Math.abs(at) > characters.length || Number(length) < 0) {
        report("functionEvaluation", `SUBSTRING of ${characters.length} characters from ${at}, ${length} long`);
        return "";
      }
      if (at === 0) return "";
      const start = at > 0 ? at - 1 : characters.length + at;
      return characters.slice(start, start + Number(length)).join("");
    },
  };
}

function abs(value: number, report: Report): number {
  if (value !== MIN_INTEGER) return Math.abs(value);
  report("math", `the absolute value of ${value} does not fit into 32 bits`);
  return MAX_INTEGER;
}

function castTo(type: ValueType): BuiltIn {
  return {
    parameters: ["any"],
    result: type,
    call([value = ""], report) {
      const result = explicitCast(value, type);
      if (result === undefined) report("cast", `${JSON.stringify(value)} is no ${type}`);
      return result ?? ZERO[type];
    },
  };
}

/** Who asks for a Boolean gets one from every Integer. */
function explicitCast(value: Value, type: ValueType): Value | undefined {
  return type === "boolean" && typeof value === "number" ? value !== 0 : cast(value, type);
}
