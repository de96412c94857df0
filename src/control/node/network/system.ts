import { execFile } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { parseSubnet, type Subnet } from "./subnet.ts";

/** Runs a program with a text as its input. Rejects with what it wrote to stderr. */
export function runProgram(program: string, args: readonly string[], input = ""): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
  const child = execFile(program, [...args], { env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
    if (error === null) resolve(stdout);
    else reject(new Error(`${program} ${args.join(" ")}: ${stderr.trim() || error.message}`));
  });
  child.stdin?.on("error", () => {}); // it ended without reading
  child.stdin?.end(input);
  return promise;
}

const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Several `ip` commands in one process. `namespace` is where they apply. */
export async function ipBatch(
  lines: readonly string[],
  options: { readonly namespace?: string; readonly force?: boolean } = {},
): Promise<void> {
  if (lines.length === 0) return;
  const where = options.namespace === undefined ? [] : ["-n", options.namespace];
  await runProgram("ip", [...where, ...(options.force === true ? ["-force"] : []), "-batch", "-"], `${lines.join("\n")}\n`);
}

interface Route {
  readonly dst?: string;
  readonly dev?: string;
}

export interface Routes {
  readonly subnets: readonly Subnet[];
  /** The interface to the rest of the world. */
  readonly egress: string | undefined;
}

export async function readRoutes(): Promise<Routes> {
  const routes = JSON.parse(await runProgram("ip", ["-4", "-j", "route"])) as readonly Route[];
  const subnets = routes.flatMap(({ dst = "" }) => parseSubnet(dst) ?? []);
  return { subnets, egress: routes.find(({ dst }) => dst === "default")?.dev };
}

/** Bytes of the largest packet that an interface carries; Ethernet's where it does not say. */
export async function mtuOf(device: string | undefined): Promise<number> {
  const text = await readFile(`/sys/class/net/${device ?? "lo"}/mtu`, "utf8").catch(() => "");
  return device === undefined ? 1500 : Number(text) || 1500;
}

/** Names of network interfaces and of named network namespaces. */
export async function existingNames(): Promise<{ readonly links: readonly string[]; readonly namespaces: readonly string[] }> {
  const [links, namespaces] = await Promise.all([readdir("/sys/class/net"), readdir("/run/netns").catch(() => [])]);
  return { links, namespaces };
}

/** Sets a switch of the kernel. Answers what it was, or undefined when it stood so already. */
export async function setSwitch(path: string, value: string): Promise<string | undefined> {
  const before = (await readFile(path, "utf8")).trim();
  if (before === value) return undefined;
  await writeFile(path, value);
  return before;
}
