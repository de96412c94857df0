/** Shell completion for any commander program: the scripts for the shells, and the protocol that they speak (cobra's). */
import { Command, type Option } from "commander";
import { isHidden, resolveCommand } from "./command-tree.ts";
import { completionScript, SHELLS } from "./completion-scripts.ts";
import type { Io } from "./io.ts";

export interface CompletionRequest {
  readonly command: Command;
  /** Words of the command that are complete already. */
  readonly operands: readonly string[];
  /** The flag whose value is wanted; without it, a word of the command is. */
  readonly option: Option | undefined;
  /** Everything before the word that is being typed. */
  readonly args: readonly string[];
}

/** Values that only the program knows, for words and for flags; undefined where a file is wanted. */
export type Values = (request: CompletionRequest) => Promise<readonly string[] | undefined>;

export interface CompletionDeps {
  readonly io: Pick<Io, "stdout" | "stderr">;
  readonly values?: Values;
  /** The program that a shell starts, where this one is a part of it. */
  readonly started?: string;
}

interface Candidate {
  readonly text: string;
  readonly description?: string;
}

/** What the shell is to do beside offering the candidates (cobra's ShellCompDirective bits). */
const DIRECTIVES = { default: 0, noFiles: 4 } as const;
const DIRECTIVE_NAMES: Readonly<Record<number, string>> = { 0: "ShellCompDirectiveDefault", 4: "ShellCompDirectiveNoFileComp" };

/** Adds `completion SHELL` and the hidden `__complete` and `__completeNoDesc` to a program. */
export function addCompletion(program: Command, deps: CompletionDeps): void {
  program.enablePositionalOptions(); // flags behind `__complete` are words to complete
  program.addCommand(completionCommand(deps.started ?? program.name(), deps.io));
  program.addCommand(protocolCommand(program, deps, true), { hidden: true });
  program.addCommand(protocolCommand(program, deps, false), { hidden: true });
}

function completionCommand(name: string, io: CompletionDeps["io"]): Command {
  const completion = new Command("completion").description("Output shell completion code");
  for (const shell of SHELLS) {
    const one = new Command(shell).description(`Generate the autocompletion script for ${shell}`);
    completion.addCommand(one.action(() => void io.stdout.write(completionScript(shell, name))));
  }
  return completion;
}

function protocolCommand(program: Command, deps: CompletionDeps, described: boolean): Command {
  return new Command(described ? "__complete" : "__completeNoDesc")
    .argument("[words...]")
    .allowUnknownOption()
    .helpOption(false)
    .action(async (_words: string[], _options: object, self: Command) => {
      const { candidates, directive } = await complete(program, self.args, deps.values ?? (async () => []));
      const lines = candidates.map(({ text, description }) => (described && description ? `${text}\t${description}` : text));
      deps.io.stdout.write(`${[...lines, `:${directive}`].join("\n")}\n`);
      deps.io.stderr.write(`Completion ended with directive: ${DIRECTIVE_NAMES[directive]}\n`);
    });
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly directive: number;
}

/** Candidates for the last word, which may be empty, given those before it. */
export async function complete(program: Command, words: readonly string[], values: Values): Promise<Completion> {
  const current = words.at(-1) ?? "";
  const args = words.slice(0, -1);
  const { command, operands, pending } = resolveCommand(program, args);
  const request = { command, operands, args };
  if (pending !== undefined) {
    const before = { ...request, args: args.slice(0, -1) }; // without the flag that has no value yet
    return valuesOf(pending, { current, prefix: "" }, (option) => values({ ...before, option }));
  }
  const inline = /^(--[^=]+)=(.*)$/.exec(current);
  const assigned = inline === null ? undefined : command.options.find((option) => option.long === inline[1]);
  if (inline !== null && assigned !== undefined) {
    return valuesOf(assigned, { current: inline[2] ?? "", prefix: `${inline[1]}=` }, (option) => values({ ...request, option }));
  }
  if (current.startsWith("-")) return { candidates: matching(flagsOf(command), current), directive: DIRECTIVES.noFiles };
  const known = await values({ ...request, option: undefined });
  if (known === undefined) return { candidates: [], directive: DIRECTIVES.default };
  const candidates = [...(operands.length === 0 ? subcommandsOf(command) : []), ...known.map((text) => ({ text }))];
  return { candidates: matching(candidates, current), directive: DIRECTIVES.noFiles };
}

async function valuesOf(
  option: Option,
  { current, prefix }: { current: string; prefix: string },
  ask: (option: Option) => Promise<readonly string[] | undefined>,
): Promise<Completion> {
  const known = option.argChoices ?? (await ask(option)) ?? [];
  const candidates = matching(
    known.map((text) => ({ text })),
    current,
  ).map(({ text }) => ({ text: prefix + text }));
  return { candidates, directive: known.length === 0 ? DIRECTIVES.default : DIRECTIVES.noFiles };
}

function matching(candidates: readonly Candidate[], start: string): Candidate[] {
  return candidates.filter(({ text }) => text.startsWith(start));
}

function flagsOf(command: Command): Candidate[] {
  return command.options
    .filter((option) => !option.hidden && option.long !== undefined)
    .map((option) => ({ text: option.long ?? "", description: option.description }));
}

function subcommandsOf(command: Command): Candidate[] {
  return command.commands.filter((child) => !isHidden(child)).map((child) => ({ text: child.name(), description: child.description() }));
}
