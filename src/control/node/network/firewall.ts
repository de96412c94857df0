import { readFile } from "node:fs/promises";
import { runProgram } from "./system.ts";

export interface Translation {
  /** Of our table, and the comment of our rules. */
  readonly name: string;
  readonly bridge: string;
  readonly subnet: string;
}

/** Lets pods reach the world under the machine's address. Answers why not, or undefined. */
export async function addTranslation(translation: Translation): Promise<string | undefined> {
  const nft = await tried(runProgram("nft", ["-f", "-"], nftTable(translation)));
  const other = nft === undefined ? undefined : await tried(runProgram("iptables", masquerade("-A", translation)));
  await openForwarding(translation).catch(() => {}); // no iptables: nobody closed it with them
  return nft === undefined || other === undefined ? undefined : `pods cannot reach other machines: ${nft}; ${other}`;
}

/** Harmless when nothing is there. */
export async function removeTranslation(translation: Pick<Translation, "name">): Promise<void> {
  await tried(runProgram("nft", ["delete", "table", "ip", translation.name]));
  if ((await currentRules()).includes(translation.name)) await tried(removeRules(translation.name));
}

export function nftTable({ name, bridge, subnet }: Translation): string {
  const rule = `ip saddr ${subnet} oifname != "${bridge}" masquerade`;
  const chain = `chain postrouting {\n type nat hook postrouting priority 100; policy accept;\n ${rule}\n }`;
  return `table ip ${name} {\n ${chain}\n}\n`;
}

function masquerade(verb: "-A", { name, bridge, subnet }: Translation): readonly string[] {
  return ["-w", "-t", "nat", verb, "POSTROUTING", "-s", subnet, "!", "-o", bridge, ...comment(name), "-j", "MASQUERADE"];
}

function comment(name: string): readonly string[] {
  return ["-m", "comment", "--comment", name];
}

/** Other container engines close forwarding for all but their own bridges. */
async function openForwarding({ name, bridge }: Translation): Promise<void> {
  if (!/hook forward [^;]*; policy drop|^legacy/m.test(await currentRules())) return;
  const rules = await runProgram("iptables", ["-w", "-S", "FORWARD"]);
  if (!rules.includes("-P FORWARD DROP")) return;
  const answers = ["-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED"];
  await runProgram("iptables", ["-w", "-I", "FORWARD", "-i", bridge, ...comment(name), "-j", "ACCEPT"]);
  await runProgram("iptables", ["-w", "-I", "FORWARD", "-o", bridge, ...answers, ...comment(name), "-j", "ACCEPT"]);
}

/** Rules that carry our name as their comment. */
async function removeRules(name: string): Promise<void> {
  for (const [table, chain] of [
    ["nat", "POSTROUTING"],
    ["filter", "FORWARD"],
  ] as const) {
    const rules = (await runProgram("iptables", ["-w", "-t", table, "-S", chain])).split("\n");
    const own = rules.filter((rule) => rule.startsWith("-A ") && new RegExp(`--comment "?${name}"?( |$)`).test(rule));
    for (const rule of own) await runProgram("iptables", ["-w", "-t", table, "-D", ...rule.replaceAll('"', "").split(" ").slice(1)]);
  }
}

/** All rules as nft sees them. Asking iptables would make its tables where there are none. */
async function currentRules(): Promise<string> {
  const legacy = await readFile("/proc/net/ip_tables_names", "utf8").catch(() => "");
  if (legacy.trim() !== "") return `legacy ${await runProgram("iptables-save", []).catch(() => "")}`;
  return runProgram("nft", ["list", "ruleset"]).catch(() => "");
}

async function tried(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: Error) => error.message,
  );
}
