/** What a JSON decoder says of a text that it cannot read, as clients of Kubernetes know it. */
export function jsonErrorText(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const position = /position (\d+)/.exec(message)?.[1];
  const character = position === undefined ? undefined : text[Number(position)];
  if (character === undefined || /end of JSON|Unterminated/i.test(message)) return "unexpected end of JSON input";
  return `invalid character '${character}' looking for beginning of value`;
}
