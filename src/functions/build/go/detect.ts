/** What a function exports, found in its source: the compiler and the start of the program have the last word. */
import { readGoFile, type GoFile, type GoFunction } from "./declarations.ts";

export type Export =
  | {
      readonly kind: "found";
      /** `New` makes an instance with the method Handle; else Handle is a function. */
      readonly instanced: boolean;
      /** What Handle takes; `unknown` if its types cannot be told from here. */
      readonly flavour: "http" | "event" | "eventless" | "unknown";
    }
  | { readonly kind: "refused"; readonly message: string; readonly hint?: string };

const SDK = "github.com/cloudevents/sdk-go/v2";
const CANONICAL: Readonly<Record<string, string>> = {
  "net/http.ResponseWriter": "writer",
  "*net/http.Request": "request",
  "context.Context": "context",
  error: "error",
  [`${SDK}/event.Event`]: "event",
  [`${SDK}.Event`]: "event",
  [`*${SDK}/event.Event`]: "*event",
  [`*${SDK}.Event`]: "*event",
};
const BUILT_IN = /^(?:[[\]*.]|map\[|chan)*(?:string|bool|byte|rune|any|error|u?int(?:8|16|32|64)?|float(?:32|64)|interface\{\})$/;

const HINT = `a function has New() that returns a value with the method Handle, or a function Handle, in the folder of go.mod. Handle is
  Handle(w http.ResponseWriter, r *http.Request)
or, for CloudEvents, Handle(ctx context.Context, e event.Event) (*event.Event, error), where each of the four may be left out`;

/** @param sources the Go files of the function's folder that are compiled for the platform, tests left out */
export function detectExport(sources: readonly string[]): Export {
  const files = sources.map(readGoFile);
  const [first] = files;
  if (first === undefined) return refused("there are no Go files in the function's folder");
  if (files.some(({ packageName }) => packageName === "main"))
    return refused("package main cannot be imported: the function's files begin with `package function`");
  const plain = topLevel(files);
  const made = plain.get("New");
  const handle = plain.get("Handle");
  if (made !== undefined && handle !== undefined)
    return refused("both New and Handle are functions of the package; only one of them can be");
  if (made !== undefined) return instancedExport(files, made);
  if (handle !== undefined) return exportOf(false, handle);
  return refused(`package ${first.packageName} has neither a function New nor a function Handle`);
}

function refused(message: string): Export {
  return { kind: "refused", message, hint: HINT };
}

function topLevel(files: readonly GoFile[]): Map<string, GoFunction> {
  const plain = files.flatMap(({ functions }) => functions).filter(({ receiver }) => receiver === undefined);
  return new Map(plain.map((one) => [one.name, one]));
}

function instancedExport(files: readonly GoFile[], made: GoFunction): Export {
  const [result, ...more] = made.results;
  if (made.parameters.length > 0) return refused(`New takes ${made.parameters.join(", ")}; it has to take nothing`);
  if (result === undefined || more.length > 0) return refused("New has to return one value");
  const type = result.replace(/^\*/, "").replace(/\[.*/, "");
  const methods = files.flatMap(({ functions }) => functions).filter(({ receiver }) => receiver === type);
  const handle = methods.find(({ name }) => name === "Handle");
  return handle === undefined ? { kind: "found", instanced: true, flavour: "unknown" } : exportOf(true, handle);
}

function exportOf(instanced: boolean, handle: GoFunction): Export {
  const flavour = flavourOf(handle);
  if (flavour !== undefined) return { kind: "found", instanced, flavour };
  return refused(`Handle(${handle.parameters.join(", ")})${resultText(handle.results)} has a form that is not known`);
}

function resultText(results: readonly string[]): string {
  return results.length === 0 ? "" : results.length === 1 ? ` ${results[0]}` : ` (${results.join(", ")})`;
}

/** undefined: it takes or gives what no function does. */
function flavourOf({ parameters, results }: GoFunction): "http" | "event" | "eventless" | "unknown" | undefined {
  const name = (type: string) => CANONICAL[type] ?? (BUILT_IN.test(type) ? "!" : "?");
  const form = `${parameters.map(name).join(" ")} > ${results.map(name).join(" ")}`;
  if (/^(context )?writer request > $/.test(form)) return "http";
  if (/^(context)? ?> (error)?$/.test(form)) return "eventless";
  if (/^(context )?event > (\*event)? ?(error)?$/.test(form)) return "event";
  return form.includes("?") ? "unknown" : undefined;
}
