/** Questions on a terminal: on stderr, so that the output of a command stays its own. */
import { createInterface } from "node:readline";
import { UserError, type Io } from "../shared/io.ts";

export interface Prompt extends Disposable {
  /** A line of text; an empty one is the fallback, or asked for again. */
  ask(question: string, options?: AskOptions): Promise<string>;
  /** One of several, by its number or its text. */
  choose(question: string, choices: readonly string[], fallback?: string): Promise<string>;
}

export interface AskOptions {
  readonly fallback?: string;
  /** What is wrong with an answer; undefined if nothing is. */
  readonly check?: (answer: string) => string | undefined;
}

export function isInteractive({ stdin }: Pick<Io, "stdin">): boolean {
  return (stdin as { readonly isTTY?: boolean }).isTTY === true;
}

/** @throws UserError at the end of the input */
export function openPrompt({ stdin, stderr }: Pick<Io, "stdin" | "stderr">, signal: AbortSignal): Prompt {
  const lines = createInterface({ input: stdin, crlfDelay: Infinity });
  const answers = lines[Symbol.asyncIterator]();
  const close = () => lines.close();
  signal.addEventListener("abort", close, { once: true });
  const line = async (question: string): Promise<string> => {
    stderr.write(question);
    const { value, done } = await answers.next();
    if (done === true || signal.aborted) throw new UserError("no answer: nothing was changed");
    return value.trim();
  };
  const ask: Prompt["ask"] = async (question, { fallback, check } = {}) => {
    const answer = (await line(`${question}${fallback === undefined ? "" : ` (${fallback})`} `)) || fallback;
    const wrong = answer === undefined ? "an answer is needed" : check?.(answer);
    if (wrong === undefined) return answer ?? "";
    stderr.write(`${wrong}\n`);
    return ask(question, { ...(fallback === undefined ? {} : { fallback }), ...(check === undefined ? {} : { check }) });
  };
  const choose: Prompt["choose"] = async (question, choices, fallback) => {
    stderr.write(`${question}\n${choices.map((choice, index) => `  ${index + 1}) ${choice}\n`).join("")}`);
    const find = (answer: string) => choices[Number(answer) - 1] ?? choices.find((choice) => choice === answer);
    const check = (answer: string) => (find(answer) === undefined ? `a number from 1 to ${choices.length}` : undefined);
    return find(await ask("Number:", { check, ...(fallback === undefined ? {} : { fallback }) })) ?? "";
  };
  return {
    ask,
    choose,
    [Symbol.dispose]: () => {
      signal.removeEventListener("abort", close);
      close();
    },
  };
}
