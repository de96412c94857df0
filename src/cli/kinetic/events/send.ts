import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { Agent, request } from "undici";
import { invalidEvent, type CloudEvent } from "../../../api/cloudevents/event.ts";
import { toBinary } from "../../../api/cloudevents/http-binding.ts";
import { endpointsKind } from "../../../api/core/endpoints.ts";
import { brokerKind } from "../../../api/eventing/broker.ts";
import { BROKER_INGRESS_HOST, DEFAULT_BROKER } from "../../../api/names/eventing.ts";
import { EVENTING_NAMESPACE, SERVING_NAMESPACE } from "../../../api/names/kinetic.ts";
import { EXTERNAL_GATEWAY } from "../../../api/names/services.ts";
import { ingressKind } from "../../../api/networking-internal/ingress.ts";
import type { Client } from "../../../client/types.ts";
import { UserError, type Io } from "../../shared/io.ts";
import { loopbackLookup } from "../../shared/transport.ts";
import { addTarget, type OpenObserved, type TargetFlags } from "./observed.ts";

interface Flags extends TargetFlags {
  readonly broker: string;
  readonly id?: string;
  readonly type: string;
  readonly source: string;
  readonly subject?: string;
  readonly data?: string;
  readonly file?: string;
  readonly contentType?: string;
  readonly extension: readonly string[];
  readonly json?: boolean;
}

export function sendCommand(io: Io, open: OpenObserved): Command {
  return addTarget(new Command("send").description("send one event to a broker and print its id"))
    .option("--broker <name>", "the broker", DEFAULT_BROKER)
    .option("--id <text>", "id of the event; a new one unless given")
    .option("--type <text>", "type of the event", "dev.kinetic.event")
    .option("--source <uri>", "source of the event", "/kinetic/events/send")
    .option("--subject <text>", "subject of the event")
    .option("-d, --data <text>", "its data; JSON where it is JSON")
    .option("--file <path>", "file with the data, - for standard input")
    .option("--content-type <type>", "content type of the data")
    .option("-e, --extension <name=value>", "extension, may be repeated", (value, all: readonly string[]) => [...all, value], [])
    .option("--json", "print one JSON object")
    .action(async (flags: Flags) => {
      const event = await eventOf(io, flags);
      await using observed = await open(io, flags);
      const id = String(event.attributes["id"]);
      await post(await addressOf(observed.client, { namespace: observed.namespace, name: flags.broker }), event);
      io.stdout.write(flags.json === true ? `${JSON.stringify({ id, broker: flags.broker, namespace: observed.namespace })}\n` : `${id}\n`);
    });
}

/** @throws UserError when it would be no valid event */
export async function eventOf(io: Io, flags: Flags): Promise<CloudEvent> {
  const data = await dataOf(io, flags);
  const contentType = flags.contentType ?? (data === undefined ? undefined : isJson(data) ? "application/json" : "text/plain");
  const attributes = {
    specversion: "1.0",
    id: flags.id ?? randomUUID(),
    source: flags.source,
    type: flags.type,
    time: new Date().toISOString(),
    ...(flags.subject === undefined ? {} : { subject: flags.subject }),
    ...(contentType === undefined ? {} : { datacontenttype: contentType }),
    ...Object.fromEntries(flags.extension.map(pairOf)),
  };
  const event = data === undefined ? { attributes } : { attributes, data };
  const problem = invalidEvent(event);
  if (problem !== undefined) throw new UserError(problem);
  return event;
}

async function dataOf(io: Io, { data, file }: Flags): Promise<Uint8Array | undefined> {
  if (data !== undefined && file !== undefined) throw new UserError("give --data or --file, not both");
  if (data !== undefined) return new TextEncoder().encode(data);
  if (file === undefined) return undefined;
  if (file === "-") return Buffer.concat(await Array.fromAsync(io.stdin, (chunk) => Buffer.from(chunk)));
  return readFile(resolve(io.cwd, file)).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file} cannot be read: ${error.code ?? error.message}`);
  });
}

function isJson(data: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(data));
    return true;
  } catch {
    return false;
  }
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UserError(`--extension takes name=value, not ${JSON.stringify(text)}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

interface BrokerAddress {
  readonly url: string;
  /** Where the host cannot be looked up. */
  readonly at?: string;
}

/** Its own address; one that only pods reach is replaced by that at the gateway. @throws UserError */
async function addressOf(client: Client, key: { readonly namespace: string; readonly name: string }): Promise<BrokerAddress> {
  const broker = await client.get(brokerKind, key);
  if (broker === undefined) throw new UserError(`there is no broker ${JSON.stringify(key.name)} in namespace ${key.namespace}`);
  const url = broker.status?.address?.url;
  if (url === undefined) throw new UserError(`the broker ${key.name} has no address yet: ${whyNot(broker.status?.conditions)}`);
  const { host, pathname } = new URL(url);
  if (host !== BROKER_INGRESS_HOST) return { url };
  const [ingress, gateway] = await Promise.all([
    client.get(ingressKind, { namespace: EVENTING_NAMESPACE, name: "broker-ingress" }),
    client.get(endpointsKind, { namespace: SERVING_NAMESPACE, name: EXTERNAL_GATEWAY.name }),
  ]);
  const outside = ingress?.spec.rules?.find(({ visibility }) => visibility === "ExternalIP")?.hosts?.[0];
  const [subset] = gateway?.subsets ?? [];
  const ip = subset?.addresses?.[0]?.ip;
  const port = subset?.ports?.find(({ name }) => name === "http")?.port;
  if (outside === undefined || ip === undefined || port === undefined)
    throw new UserError("the gateway does not lead to the brokers yet; try again");
  return { url: `http://${outside}:${port}${pathname}`, at: `http://${ip}:${port}${pathname}` };
}

function whyNot(
  conditions: readonly { readonly type: string; readonly status: string; readonly message?: string | undefined }[] = [],
): string {
  return conditions.find(({ type }) => type === "Ready")?.message ?? "it is not ready";
}

/** @throws UserError with the reason when it is refused */
async function post({ url, at = url }: BrokerAddress, event: CloudEvent): Promise<void> {
  const agent = new Agent({ connect: { lookup: loopbackLookup } });
  const message = toBinary(event);
  try {
    const answer = await request(at, {
      method: "POST",
      dispatcher: agent,
      headers: { ...message.headers, host: new URL(url).host },
      body: message.body,
    });
    const text = await answer.body.text();
    if (answer.statusCode < 200 || answer.statusCode > 299)
      throw new UserError(`the broker refused it with ${answer.statusCode}: ${reasonOf(text)}`);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await agent.close();
  }
}

function reasonOf(text: string): string {
  try {
    const { reason, message } = JSON.parse(text) as { readonly reason?: string; readonly message?: string };
    return [reason, message].filter((part) => part !== undefined).join(": ");
  } catch {
    return text.trim();
  }
}
