import { lookup } from "node:dns/promises";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { freemem } from "node:os";
import { Command } from "commander";
import { DEFAULT_PORTS, isFree, ownerOf } from "../../app/ports.ts";
import { examineOci, findProgram } from "../../app/parts/containers.ts";
import { styled, type Io } from "../shared/io.ts";
import { dataDirectoryOf, findRunning } from "./running.ts";

export interface Finding {
  readonly name: string;
  /** `chosen` and `not chosen` are for drivers and capabilities: neither is a fault. */
  readonly state: "ok" | "chosen" | "not chosen" | "warning" | "error";
  readonly why: string;
}

const MIN_FREE_DISK_BYTES = 1024 ** 3;
const MIN_FREE_MEMORY_BYTES = 512 * 1024 ** 2;

export function doctorCommand(io: Io): Command {
  return new Command("doctor")
    .description("say what of this machine the platform uses, and why each driver and capability was chosen or not")
    .option("--data-dir <folder>", "where the platform keeps its data")
    .option("--json", "print one JSON array")
    .action(async (options: { dataDir?: string; json?: boolean }) => {
      const findings = await examine(io, options.dataDir);
      if (options.json === true) io.stdout.write(`${JSON.stringify(findings)}\n`);
      else for (const finding of findings) io.stdout.write(`${mark(io, finding)} ${finding.name.padEnd(22)}${finding.why}\n`);
      if (findings.some((finding) => finding.state === "error")) process.exitCode = 1;
    });
}

function mark(io: Io, finding: Finding): string {
  switch (finding.state) {
    case "ok":
    case "chosen":
      return styled(io, "green", "+");
    case "not chosen":
      return styled(io, "dim", "-");
    case "warning":
      return styled(io, "yellow", "!");
    case "error":
      return styled(io, "red", "x");
  }
}

async function examine(io: Io, dataDir: string | undefined): Promise<Finding[]> {
  const directory = dataDirectoryOf(io, dataDir);
  const running = await findRunning(directory);
  return [
    { name: "node", state: "ok", why: `${process.versions.node} at ${process.execPath}` },
    processDriver(),
    ...(await ociDriver(io, directory.path)),
    {
      name: "parked instances",
      state: processDriver().state,
      why: "instances of images built by Kinetic are stopped, not ended, when a revision scales down",
    },
    await localhostNames(),
    ...(running === undefined
      ? await portFindings()
      : [{ name: "platform", state: "ok" as const, why: `runs as process ${running.pid}: ${running.apiServer}` }]),
    await disk(directory.path),
    memory(),
    await program(io, "kubectl", "any Kubernetes client works; kubectl is what the tour uses"),
  ];
}

function processDriver(): Finding {
  const { platform } = process;
  if (platform === "linux" || platform === "darwin") {
    const user = process.getuid?.() === 0 ? "as an unprivileged user" : "as you";
    return {
      name: "driver process",
      state: "chosen",
      why: `runs images built by Kinetic and static binaries as ordinary processes, ${user}`,
    };
  }
  return { name: "driver process", state: "not chosen", why: `needs Linux or macOS, this is ${platform}` };
}

/** As the platform itself looks at its start. */
async function ociDriver(io: Io, dataDirectory: string): Promise<Finding[]> {
  const searchPath = io.env["PATH"] ?? "";
  const folder = join(dataDirectory, "oci");
  const { missing, limits } = await examineOci({ platform: process.platform, uid: process.getuid?.(), searchPath, folder });
  const name = "driver oci";
  if (missing.length > 0) return [{ name, state: "not chosen", why: `missing: ${missing.join(", ")}; images of others cannot run` }];
  return [
    { name, state: "chosen", why: "runs any image for Linux and this CPU in a container of its own" },
    ...limits.map((why) => ({ name: "containers", state: "warning" as const, why })),
  ];
}

async function localhostNames(): Promise<Finding> {
  const name = "hello.default.localhost";
  try {
    const { address } = await lookup(name);
    return { name: "names *.localhost", state: "ok", why: `the system's resolver answers ${address}` };
  } catch {
    const why = `curl and browsers know them, the system's resolver does not: use -H "Host: ..." or start with --domain 127.0.0.1.sslip.io`;
    return { name: "names *.localhost", state: "warning", why };
  }
}

async function portFindings(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, port] of Object.entries(DEFAULT_PORTS)) {
    const taken = !(await isFree(port));
    const why = taken ? `taken by ${await ownerOf(port)}; the first start moves to the next free one` : "free";
    findings.push({ name: `port ${port} (${name})`, state: taken ? "warning" : "ok", why });
  }
  return findings;
}

async function disk(path: string): Promise<Finding> {
  const stats = await statfs(path).catch(() => statfs("/"));
  const free = stats.bavail * stats.bsize;
  const text = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return { name: "disk", state: free < MIN_FREE_DISK_BYTES ? "warning" : "ok", why: `${text} for ${path}` };
}

function memory(): Finding {
  const free = freemem();
  return { name: "memory", state: free < MIN_FREE_MEMORY_BYTES ? "warning" : "ok", why: `${Math.round(free / 1024 ** 2)} MiB free` };
}

async function program(io: Io, name: string, purpose: string): Promise<Finding> {
  const path = await findProgram(name, io.env["PATH"] ?? "");
  return path === undefined ? { name, state: "warning", why: `not found on PATH; ${purpose}` } : { name, state: "ok", why: path };
}
