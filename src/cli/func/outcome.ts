import type { Outcome } from "../../functions/build/contract.ts";
import { UserError } from "../shared/io.ts";

/** What a build that came to nothing says: the compiler's own text, or one line and the next step. */
export function outcomeError(outcome: Exclude<Outcome<unknown>, { readonly kind: "ok" }>): UserError {
  if (outcome.kind === "failed") return new UserError(`the function does not build\n${outcome.output.trimEnd()}`);
  return new UserError(outcome.hint === undefined ? outcome.message : `${outcome.message}\n\nTry this: ${outcome.hint}`);
}
