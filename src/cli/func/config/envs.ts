import type { EnvEntry } from "../../../functions/project/config.ts";
import { envNameErrors } from "../../../functions/project/check/names.ts";
import { text } from "../flags.ts";
import type { Prompt } from "../prompt.ts";
import { envText } from "./describe.ts";
import type { EntryKind } from "./entries.ts";

export const ENVS: EntryKind<EnvEntry> = {
  name: "envs",
  alias: "env",
  title: ["Environment variable", "Environment variables"],
  path: ["run", "envs"],
  entries: ({ run }) => run?.envs ?? [],
  describe: envText,
  json: ({ name = null, value = null }) => ({ Name: name, Value: value }),
  id: ({ name }) => name,
  idFlag: "name",
  flags: (add) =>
    add
      .addOption(text("--name <string>", "Name of the variable; without one, all keys of a Secret or ConfigMap are imported"))
      .addOption(text("--value <string>", "A text, or {{ env:X }}, {{ secret:NAME:KEY }}, {{ configMap:NAME:KEY }}, {{ secret:NAME }}")),
  fromFlags: (settings) => {
    const [name, value] = [settings.text("name"), settings.text("value")];
    if (name === undefined && value === undefined) return undefined;
    return { ...(name === undefined ? {} : { name }), ...(value === undefined ? {} : { value }) };
  },
  fromPrompt: promptEnv,
  example: "--name=GREETING --value=hello",
};

const KINDS = [
  "A value",
  "The value of a variable of this machine",
  "A key of a Secret",
  "A key of a ConfigMap",
  "All keys of a Secret",
  "All keys of a ConfigMap",
] as const;

async function promptEnv(prompt: Prompt): Promise<EnvEntry> {
  const kind = KINDS.indexOf(
    (await prompt.choose("What kind of environment variable do you want to add?", KINDS)) as (typeof KINDS)[number],
  );
  const objects = kind === 2 || kind === 4 ? "secret" : "configMap";
  if (kind >= 4) return { value: `{{ ${objects}:${await prompt.ask("Name of the object:")} }}` };
  const name = await prompt.ask("Name of the variable:", { check: (answer) => envNameErrors(answer)[0] });
  if (kind === 0) return { name, value: await prompt.ask("Value:") };
  if (kind === 1) return { name, value: `{{ env:${await prompt.ask("Name of the variable of this machine:")} }}` };
  return { name, value: `{{ ${objects}:${await prompt.ask("Name of the object:")}:${await prompt.ask("Key:")} }}` };
}
