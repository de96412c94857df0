import { labelKeyErrors } from "../../../functions/project/check/names.ts";
import { text } from "../flags.ts";
import { labelText } from "./describe.ts";
import type { EntryKind } from "./entries.ts";

interface Label {
  readonly key: string;
  readonly value?: string;
}

export const LABELS: EntryKind<Label> = {
  name: "labels",
  alias: "label",
  title: ["Label", "Labels"],
  path: ["deploy", "labels"],
  entries: ({ deploy }) => deploy?.labels ?? [],
  describe: labelText,
  json: ({ key, value = null }) => ({ Key: key, Value: value }),
  id: ({ key }) => key,
  idFlag: "name",
  flags: (add) =>
    add
      .addOption(text("--name <string>", "Key of the label"))
      .addOption(text("--value <string>", "A text, or {{ env:X }} for a variable of this machine")),
  fromFlags: (settings) => {
    const [key, value] = [settings.text("name"), settings.text("value")];
    if (key === undefined && value === undefined) return undefined;
    return { key: key ?? "", ...(value === undefined ? {} : { value }) };
  },
  fromPrompt: async (prompt) => ({
    key: await prompt.ask("Key of the label:", { check: (answer) => labelKeyErrors(answer)[0] }),
    value: await prompt.ask("Value:"),
  }),
  example: "--name=team --value=shop",
};
