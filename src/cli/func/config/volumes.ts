import type { VolumeEntry } from "../../../functions/project/config.ts";
import { UserError } from "../../shared/io.ts";
import { addSwitch, text } from "../flags.ts";
import type { Prompt } from "../prompt.ts";
import type { Settings } from "../settings.ts";
import { volumeText } from "./describe.ts";
import type { EntryKind } from "./entries.ts";

const TYPES = ["configmap", "secret", "pvc", "emptydir"] as const;
type VolumeType = (typeof TYPES)[number];

export const VOLUMES: EntryKind<VolumeEntry> = {
  name: "volumes",
  alias: "volume",
  title: ["Volume", "Volumes"],
  path: ["run", "volumes"],
  entries: ({ run }) => run?.volumes ?? [],
  describe: volumeText,
  json: (volume) => volume,
  id: ({ path }) => path,
  idFlag: "mount-path",
  flags: (add) =>
    addSwitch(
      add
        .addOption(text("-t, --type <string>", `Type of the volume: ${TYPES.join(", ")}`))
        .addOption(text("-s, --source <string>", "Name of the ConfigMap, Secret or PersistentVolumeClaim"))
        .addOption(text("-m, --mount-path <string>", "Where the function finds it: an absolute path"))
        .addOption(text("--size <string>", "Size limit of an emptydir, as 1Gi"))
        .addOption(text("--medium <string>", "Medium of an emptydir: Memory, or nothing for a disk")),
      "-r, --read-only",
      "Mount a pvc read-only",
    ),
  fromFlags: volumeFromFlags,
  fromPrompt: promptVolume,
  example: "--type=secret --source=credentials --mount-path=/etc/credentials",
};

function volumeFromFlags(settings: Settings): VolumeEntry | undefined {
  const given = settings.text("type");
  const [source, path] = [settings.text("source"), settings.text("mount-path")];
  if (given === undefined && source === undefined && path === undefined) return undefined;
  if (given === undefined) throw new UserError("--type is needed when adding a volume: configmap, secret, pvc or emptydir");
  const type = TYPES.find((known) => known === given.toLowerCase());
  if (type === undefined) throw new UserError(`invalid volume type ${JSON.stringify(given)}: configmap, secret, pvc or emptydir`);
  if (path === undefined) throw new UserError("--mount-path is needed when adding a volume");
  if (source === undefined && type !== "emptydir") throw new UserError(`--source is needed for a volume of type ${type}`);
  checkOnly(settings, type);
  return { ...volumeSource(type, source ?? "", settings), path };
}

/** Flags that mean nothing for a type are mistakes. */
function checkOnly(settings: Settings, type: VolumeType): void {
  const meant: Readonly<Record<string, VolumeType>> = { "read-only": "pvc", size: "emptydir", medium: "emptydir" };
  for (const [flag, only] of Object.entries(meant)) {
    if (settings.text(flag) !== undefined && type !== only) throw new UserError(`--${flag} is only for volumes of type ${only}`);
  }
}

function volumeSource(type: VolumeType, source: string, settings?: Settings): VolumeEntry {
  switch (type) {
    case "configmap":
      return { configMap: source };
    case "secret":
      return { secret: source };
    case "pvc":
      return { persistentVolumeClaim: { claimName: source, ...(settings?.isOn("read-only") === true ? { readOnly: true } : {}) } };
    case "emptydir": {
      const [medium, sizeLimit] = [settings?.text("medium"), settings?.text("size")];
      return { emptyDir: { ...(medium === undefined ? {} : { medium }), ...(sizeLimit === undefined ? {} : { sizeLimit }) } };
    }
  }
}

async function promptVolume(prompt: Prompt): Promise<VolumeEntry> {
  const type = (await prompt.choose("What do you want to mount?", TYPES)) as VolumeType;
  const source = type === "emptydir" ? "" : await prompt.ask(`Name of the ${type}:`);
  const check = (answer: string) => (answer.startsWith("/") ? undefined : "the path must be absolute");
  return { ...volumeSource(type, source), path: await prompt.ask("Path in the function:", { check }) };
}
