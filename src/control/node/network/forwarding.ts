import { appendFile, readFile, rm } from "node:fs/promises";
import { existingNames, setSwitch } from "./system.ts";

/** One for all platforms of this machine: the last one to go closes what the first one opened. Gone after a reboot, as the switches are. */
const RECORD = "/run/kinetic-opened-interfaces";
const switchOf = (device: string) => `/proc/sys/net/ipv4/conf/${device}/forwarding`;

/** Lets packets pass between interfaces. What was closed before is written down for `closeForwarding`. */
export async function openForwarding(devices: readonly string[]): Promise<void> {
  const opened: string[] = [];
  for (const device of devices) {
    const before = await setSwitch(switchOf(device), "1");
    if (before !== undefined && !BRIDGE.test(device)) opened.push(device); // a bridge's switch goes with it
  }
  if (opened.length > 0) await appendFile(RECORD, opened.map((device) => `${device}\n`).join(""));
}

/** Closes what was opened, unless another bridge of ours still needs it. Harmless without a record. */
export async function closeForwarding(): Promise<void> {
  if ((await existingNames()).links.some((link) => BRIDGE.test(link))) return;
  const opened = (await readFile(RECORD, "utf8").catch(() => "")).split("\n").filter((device) => device !== "");
  await rm(RECORD, { force: true });
  for (const device of opened) await setSwitch(switchOf(device), "0").catch(() => {}); // the bridge itself is gone
}

const BRIDGE = /^kn[0-9a-f]{6}$/;
