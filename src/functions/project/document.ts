/** YAML as a document that keeps what it does not know: comments, order, unknown fields, the style of the file. */
import { isDeepStrictEqual } from "node:util";
import { LineCounter, parseDocument, type Document } from "yaml";
import { keepLines } from "./keep-lines.ts";
import type { Finding } from "./shape.ts";

export interface ParsedText {
  readonly document: Document;
  readonly counter: LineCounter;
  /** What makes it no YAML, or not one document. */
  readonly problems: readonly Finding[];
}

export function parseText(text: string): ParsedText {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const problems = document.errors.map(({ code, message, pos }) => ({
    text: code === "MULTIPLE_DOCS" ? "there is more than one document in the file" : message,
    line: counter.linePos(pos[0]).line,
  }));
  return { document, counter, problems };
}

/** Comments and empty lines at the end. */
const LAST_LINES = /(?:^[ \t]*(?:#[^\n]*)?(?:\n|$(?![\s\S])))+$(?![\s\S])/m;

/** The document as text: the lines of the original where they still say it, the others in its style. */
export function renderLike(document: Document, original: string): string {
  const mine = original.replaceAll("\r\n", "\n");
  const theirs = print(document, mine);
  const merged = keepLines({ base: print(parseText(mine).document, mine), mine, theirs });
  const text = saysTheSame(merged, theirs) ? merged : theirs;
  return original.includes("\r\n") ? text.replaceAll("\n", "\r\n") : text;
}

/** Lines were put together that were printed apart: what they say has to be looked at. */
function saysTheSame(merged: string, printed: string): boolean {
  const { document, problems } = parseText(merged);
  if (problems.length > 0) return false;
  try {
    return isDeepStrictEqual(document.toJS(), parseText(printed).document.toJS());
  } catch {
    return false; // aliases that grow without end
  }
}

function print(document: Document, original: string): string {
  const { comment } = document;
  document.comment = null; // the last lines are taken as they are
  const text = document.toString({
    lineWidth: 0,
    indent: indentOf(original),
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n\1- /m.test(original),
    flowCollectionPadding: !/[[{][^\s[\]{}]/.test(original),
  });
  document.comment = comment;
  return comment === null ? text : `${text}${LAST_LINES.exec(original)?.[0] ?? ""}`;
}

/** Spaces of the first nested line: 2 unless the file says 4. */
function indentOf(text: string): number {
  const nested = /:[ \t]*\n( +)[^\s#-]/.exec(text)?.[1]?.length;
  return nested === 4 ? 4 : 2;
}
