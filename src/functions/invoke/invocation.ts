import { invalidEvent, type CloudEvent } from "../../api/cloudevents/event.ts";
import { toBinary } from "../../api/cloudevents/http-binding.ts";

export type InvokeFormat = "http" | "cloudevent";

/** What a person asks for; everything is checked before anything is sent. */
export interface InvocationInput {
  readonly format: string;
  readonly data: Uint8Array;
  readonly contentType: string;
  /** `POST` or `GET`. */
  readonly requestType: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** `NAME=VALUE` */
  readonly extensions: readonly string[];
}

export interface Invocation {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** A flag that cannot be; the message names it. */
export class InvocationError extends Error {
  override readonly name = "InvocationError";
}

/** The format by its name, also by the plural that people write. @throws InvocationError */
export function parseFormat(text: string): InvokeFormat {
  if (text === "http") return "http";
  if (text === "cloudevent" || text === "cloudevents") return "cloudevent";
  throw new InvocationError(`--format must be http or cloudevent, not ${JSON.stringify(text)}`);
}

/** @throws InvocationError with everything that is wrong with the first flag that is */
export function makeInvocation(input: InvocationInput): Invocation {
  const format = parseFormat(input.format);
  const method = input.requestType.toUpperCase();
  if (method !== "POST" && method !== "GET")
    throw new InvocationError(`--request-type must be POST or GET, not ${JSON.stringify(input.requestType)}`);
  if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;.*)?$/.test(input.contentType)) {
    throw new InvocationError(`--content-type must be a media type such as application/json, not ${JSON.stringify(input.contentType)}`);
  }
  if (format === "http") {
    if (input.extensions.length > 0) throw new InvocationError("--extension is for events: use it with --format cloudevent");
    return method === "GET" ? { method, headers: {} } : { method, headers: { "content-type": input.contentType }, body: input.data };
  }
  if (method === "GET") throw new InvocationError("an event is sent with POST: --request-type GET is for --format http");
  const { headers, body } = toBinary(makeEvent(input));
  return { method, headers, body };
}

function makeEvent({ id, source, type, contentType, extensions, data }: InvocationInput): CloudEvent {
  const attributes: Record<string, string> = { specversion: "1.0", id, source, type, datacontenttype: contentType };
  for (const pair of extensions) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || value === undefined) throw new InvocationError(`--extension must be NAME=VALUE, not ${JSON.stringify(pair)}`);
    if (name in attributes) throw new InvocationError(`--extension ${name}: that attribute has a flag of its own or is fixed`);
    attributes[name] = value;
  }
  const problem = invalidEvent({ attributes });
  if (problem !== undefined) throw new InvocationError(`this is no valid event: ${problem}`);
  return { attributes, data };
}
