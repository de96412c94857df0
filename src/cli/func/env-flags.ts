import type { EnvEntry } from "../../functions/project/config.ts";
import { UserError } from "../shared/io.ts";

/** What func.yaml says with `-e NAME=VALUE` and `-e NAME-` applied. @throws UserError */
export function envOfFlags(entries: readonly EnvEntry[] = [], flags: readonly string[]): EnvEntry[] {
  const result = [...entries];
  for (const flag of flags) {
    const [, name, value] = /^([A-Za-z_][\w.-]*?)(?:=(.*)|-)$/s.exec(flag) ?? [];
    if (name === undefined) throw new UserError(`--env must be NAME=VALUE or NAME-, not ${JSON.stringify(flag)}`);
    const at = result.findIndex((entry) => entry.name === name);
    const changed = value === undefined ? [] : [{ name, value }];
    if (at >= 0) result.splice(at, 1, ...changed);
    else result.push(...changed);
  }
  return result;
}
