import { findFunction, type BuiltIn } from "./functions.ts";
import { compileLike } from "./like.ts";
import type { BinaryOperator, Expression } from "./syntax.ts";
import { cast, MAX_INTEGER, MIN_INTEGER, typeOf, ZERO, type EvaluationError, type Value, type ValueType } from "./value.ts";

/** Gives the value of a context attribute, typed, by its lower-case name; undefined: the event does not have it. */
export type Attributes = (name: string) => Value | undefined;

export interface Evaluation {
  readonly value: Value;
  /** The first one; `value` is then what the specification says for it. */
  readonly error?: EvaluationError;
}

interface Context {
  readonly attributes: Attributes;
  error: EvaluationError | undefined;
}

/** undefined: it came from an attribute that is missing, which is reported already. */
type Code = (context: Context) => Value | undefined;

/** Turns an expression into closures: nothing is looked up by name at evaluation but the attributes. */
export function compileCesql(expression: Expression): (attributes: Attributes) => Evaluation {
  const code = compile(expression);
  return (attributes) => {
    const context: Context = { attributes, error: undefined };
    const value = code(context) ?? false;
    return context.error === undefined ? { value } : { value, error: context.error };
  };
}

function compile(expression: Expression): Code {
  switch (expression.kind) {
    case "literal":
      return () => expression.value;
    case "attribute":
      return (context) => context.attributes(expression.name) ?? missing(context, expression.name);
    case "exists":
      return (context) => context.attributes(expression.name) !== undefined;
    case "not":
      return not(compile(expression.operand));
    case "negate":
      return negate(compile(expression.operand));
    case "like":
      return like(compile(expression.operand), expression);
    case "in":
      return isIn(compile(expression.operand), expression.set.map(compile), expression.negated);
    case "binary":
      return binary(expression.operator, compile(expression.left), compile(expression.right));
    case "call":
      return call(expression.name, expression.args.map(compile));
  }
}

function report(context: Context, kind: EvaluationError["kind"], message: string): undefined {
  context.error ??= { kind, message };
  return undefined;
}

function missing(context: Context, name: string): undefined {
  return report(context, "missingAttribute", `the event has no attribute ${name}`);
}

function converted(context: Context, value: Value, type: ValueType): Value | undefined {
  return cast(value, type) ?? report(context, "cast", `${JSON.stringify(value)} is no ${type}`);
}

function not(operand: Code): Code {
  return (context) => {
    const value = operand(context);
    return value === undefined ? false : converted(context, value, "boolean") !== true;
  };
}

function negate(operand: Code): Code {
  return (context) => {
    const value = operand(context);
    const number = value === undefined ? undefined : converted(context, value, "number");
    return number === undefined ? 0 : integer(context, -Number(number));
  };
}

function like(operand: Code, { pattern, negated }: { readonly pattern: string; readonly negated: boolean }): Code {
  const matches = compileLike(pattern);
  return (context) => {
    const value = operand(context);
    return value === undefined ? false : matches(String(value)) !== negated;
  };
}

/** The set's members take the left side's type. */
function isIn(operand: Code, set: readonly Code[], negated: boolean): Code {
  return (context) => {
    const value = operand(context);
    if (value === undefined) return false;
    const isMember = set.some((code) => {
      const member = code(context);
      return member !== undefined && converted(context, member, typeOf(value)) === value;
    });
    return isMember !== negated;
  };
}

function binary(operator: BinaryOperator, left: Code, right: Code): Code {
  switch (operator) {
    case "AND":
      return (context) => truth(context, left) && truth(context, right);
    case "OR":
      return (context) => truth(context, left) || truth(context, right);
    case "XOR":
      return (context) => truth(context, left) !== truth(context, right);
    case "=":
    case "!=":
      return equal(left, right, operator === "!=");
    default:
      return ofIntegers(operator, left, right);
  }
}

function truth(context: Context, code: Code): boolean {
  const value = code(context);
  return value !== undefined && converted(context, value, "boolean") === true;
}

/** The left side takes the right side's type. */
function equal(left: Code, right: Code, negated: boolean): Code {
  return (context) => {
    const a = left(context);
    const b = right(context);
    if (a === undefined || b === undefined) return false;
    const comparable = converted(context, a, typeOf(b));
    return comparable === undefined ? false : (comparable === b) !== negated;
  };
}

type IntegerOperator = Exclude<BinaryOperator, "AND" | "OR" | "XOR" | "=" | "!=">;

const INTEGER_OPERATORS: Readonly<Record<IntegerOperator, (a: number, b: number, context: Context) => Value>> = {
  "*": (a, b, context) => integer(context, a * b),
  "+": (a, b, context) => integer(context, a + b),
  "-": (a, b, context) => integer(context, a - b),
  "/": (a, b, context) => (b === 0 ? byZero(context, a, "/") : integer(context, Math.trunc(a / b))),
  "%": (a, b, context) => (b === 0 ? byZero(context, a, "%") : integer(context, a % b)),
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function ofIntegers(operator: IntegerOperator, left: Code, right: Code): Code {
  const operate = INTEGER_OPERATORS[operator];
  const failed = /[<>]/.test(operator) ? false : 0;
  return (context) => {
    const a = left(context);
    const b = right(context);
    if (a === undefined || b === undefined) return failed;
    const x = converted(context, a, "number");
    const y = converted(context, b, "number");
    return x === undefined || y === undefined ? failed : operate(Number(x), Number(y), context);
  };
}

function byZero(context: Context, dividend: number, operator: string): number {
  report(context, "math", `${dividend} ${operator} 0`);
  return 0;
}

/** Without minus zero. A result beyond 32 bits is the nearest bound and a MathError, as the specification has it for ABS. */
function integer(context: Context, value: number): number {
  if (value >= MIN_INTEGER && value <= MAX_INTEGER) return value + 0;
  report(context, "math", `${value} does not fit into 32 bits`);
  return value < 0 ? MIN_INTEGER : MAX_INTEGER;
}

function call(name: string, args: readonly Code[]): Code {
  const builtIn = findFunction(name, args.length);
  if (builtIn !== undefined) return (context) => invoke(builtIn, args, context);
  return (context) => {
    report(context, "missingFunction", `there is no function ${name} of ${args.length} arguments`);
    return false;
  };
}

function invoke(builtIn: BuiltIn, args: readonly Code[], context: Context): Value {
  const values: Value[] = [];
  for (const [index, code] of args.entries()) {
    const type = builtIn.parameters[index] ?? builtIn.rest ?? "any";
    const value = code(context);
    const usable = value === undefined || type === "any" ? value : converted(context, value, type);
    if (usable === undefined) return ZERO[builtIn.result];
    values.push(usable);
  }
  return builtIn.call(values, (kind, message) => {
    report(context, kind, message);
  });
}
