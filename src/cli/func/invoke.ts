import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { Agent, request } from "undici";
import { eventsFromHttp, modeOf, type Headers } from "../../api/cloudevents/http-binding.ts";
import { readRecorded } from "../../functions/dev/recorder.ts";
import { InvocationError, makeInvocation, parseFormat, type Invocation } from "../../functions/invoke/invocation.ts";
import { printEvent } from "../../functions/invoke/print-event.ts";
import { loadProject, type Project } from "../../functions/project/project.ts";
import { instances } from "../../functions/run/instances.ts";
import { UserError } from "../shared/io.ts";
import { loopbackLookup } from "../shared/transport.ts";
import { withCluster } from "./cluster.ts";
import { addConfirm, addPath, addSwitch, addVerbose, many, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { mustBeDeployed } from "./function-service.ts";
import { settingsOf, type Settings } from "./settings.ts";

const DATA = '{"message":"Hello World"}';

export function invokeCommand(func: Func): Command {
  const command = new Command("invoke")
    .addOption(text("-t, --target <string>", "local, remote or a URL; where the function runs unless given"))
    .addOption(text("-f, --format <string>", "http or cloudevent; that of func.yaml unless given"))
    .addOption(text("--data <string>", "Data to send", { default: DATA }))
    .addOption(text("--file <path>", "File with the data to send"))
    .addOption(text("--content-type <string>", "Content type of the data", { default: "application/json" }))
    .addOption(text("--id <string>", "Id of the event; a new one unless given"))
    .addOption(text("--source <string>", "Source of the event", { default: "/boson/fn" }))
    .addOption(text("--type <string>", "Type of the event", { default: "boson.fn" }))
    .addOption(text("--request-type <string>", "POST or GET", { default: "POST" }))
    .addOption(many("-e, --extension <name=value>", "Extension of the event; may be repeated"))
    .addOption(text("--replay <id>", "Send a request again that a dev loop has recorded"))
    .addOption(text("-n, --namespace <string>", "Namespace of the function"));
  addSwitch(command, "-i, --insecure", "Accept any certificate");
  return addVerbose(addConfirm(addPath(command))).action(async () => {
    const settings = settingsOf(command, func.io);
    const root = resolve(func.io.cwd, settings.text("path", "."));
    const loaded = loadProject(root);
    if (loaded.kind === "invalid") throw new UserError(loaded.message);
    const project = loaded.kind === "ok" ? loaded.project : undefined;
    const call = await callOf(func, settings, { root, project });
    const url = await targetOf(func, settings, project);
    await send(func, { ...call, url: join(url, call.path), insecure: settings.isOn("insecure"), verbose: settings.isOn("verbose") });
  });
}

interface Call extends Invocation {
  /** Beneath the URL of the function. */
  readonly path: string;
}

/** What is sent; everything is checked here, before any connection. @throws UserError */
async function callOf({ io }: Func, settings: Settings, { root, project }: { root: string; project: Project | undefined }): Promise<Call> {
  const replay = settings.text("replay");
  if (replay !== undefined) return recordedCall(root, replay);
  const declared = project?.config.invoke ?? "http";
  const format = settings.text("format") ?? declared;
  const file = settings.text("file");
  const data = file === undefined ? Buffer.from(settings.text("data", DATA)) : await readData(resolve(io.cwd, file));
  try {
    const input = {
      format,
      data,
      contentType: settings.text("content-type", "application/json"),
      requestType: settings.text("request-type", "POST"),
      id: settings.text("id") ?? randomUUID(),
      source: settings.text("source", "/boson/fn"),
      type: settings.text("type", "boson.fn"),
      extensions: settings.list("extension"),
    };
    const call = { ...makeInvocation(input), path: "" };
    if (project !== undefined && parseFormat(format) !== declared) {
      io.stderr.write(`Warning: the function expects ${declared}, and is sent ${parseFormat(format)}\n`);
    }
    return call;
  } catch (error) {
    throw error instanceof InvocationError ? new UserError(error.message) : error;
  }
}

async function readData(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UserError(`--file cannot be read: ${(error as Error).message}`);
  }
}

const HOP_BY_HOP = new Set(["host", "connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "te", "expect"]);

async function recordedCall(root: string, id: string): Promise<Call> {
  const recorded = await readRecorded(root, id);
  if (recorded === undefined)
    throw new UserError(`there is no recorded request ${id}; a dev loop names each in the header kinetic-dev-request`);
  if (recorded.body === undefined) throw new UserError(`the body of request ${id} was too large to be recorded`);
  const headers = Object.fromEntries(recorded.headers.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase())));
  const body = Buffer.from(recorded.body, "base64");
  return { method: recorded.method, headers, path: recorded.path, ...(body.length === 0 ? {} : { body }) };
}

/** @throws UserError when it runs nowhere */
async function targetOf(func: Func, settings: Settings, project: Project | undefined): Promise<string> {
  const target = settings.text("target");
  if (target !== undefined && target !== "local" && target !== "remote") {
    if (!/^https?:\/\/./.test(target) || !URL.canParse(target))
      throw new UserError(`--target must be local, remote or an http URL, not ${JSON.stringify(target)}`);
    return target;
  }
  if (project === undefined) throw new UserError(`which function? Say where it is (--path), or give its URL (--target http://...)`);
  const local = target === "remote" ? undefined : (await instances(project.root)).at(-1);
  if (local !== undefined) return `http://${local.host}:${local.port}`;
  if (target === "local")
    throw new UserError(`the function does not run on this machine; start it with '${func.name} run' or '${func.name} dev'`);
  return withCluster(func, settings.with(project.config), async (context) => {
    const { status } = await mustBeDeployed(context, project.config.name);
    if (status?.url !== undefined) return status.url;
    throw new UserError(`function '${project.config.name}' has no URL yet; '${func.name} describe' says why`);
  });
}

function join(url: string, path: string): string {
  return path === "" ? url : new URL(path, url).href;
}

interface Sending extends Invocation {
  readonly url: string;
  readonly insecure: boolean;
  readonly verbose: boolean;
}

async function send({ io, signal }: Func, { url, method, headers, body, insecure, verbose }: Sending): Promise<void> {
  const agent = new Agent({ connect: { lookup: loopbackLookup, rejectUnauthorized: !insecure } });
  try {
    const answer = await request(url, { method: method as "POST", headers, body: body ?? null, dispatcher: agent, signal }).catch(
      (error: unknown) => {
        throw signal.aborted ? error : new UserError(`failure invoking '${url}': ${reasonOf(error)}`);
      },
    );
    const bytes = new Uint8Array(await answer.body.arrayBuffer());
    if (verbose) io.stderr.write(`HTTP ${answer.statusCode}\n${headerLines(answer.headers)}\n`);
    if (answer.statusCode > 299) {
      const said = new TextDecoder().decode(bytes).trim();
      throw new UserError([`failure invoking '${url}' (HTTP ${answer.statusCode})`, said].filter((part) => part !== "").join("\n"));
    }
    io.stdout.write(printed(answer.headers, bytes));
  } finally {
    await agent.destroy();
  }
}

function printed(headers: Headers, body: Uint8Array): string {
  const text = new TextDecoder().decode(body);
  try {
    if (modeOf(headers) === undefined) return text.endsWith("\n") || text === "" ? text : `${text}\n`;
    return eventsFromHttp(headers, body).events.map(printEvent).join("\n");
  } catch {
    return `${text}\n`;
  }
}

function headerLines(headers: Headers): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${String(value)}\n`)
    .join("");
}

function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error);
}
