import { openPrompt } from "../../func/prompt.ts";
import { UserError, type Io } from "../../shared/io.ts";

/** @throws UserError unless the answer is yes */
export async function confirm(io: Io, question: string, signal: AbortSignal): Promise<void> {
  using prompt = openPrompt(io, signal);
  const answer = await prompt.ask(`${question} yes or no`, { fallback: "no" });
  if (!/^y(es)?$/i.test(answer)) throw new UserError("nothing was changed");
}
