// The sample `kinetic.local/event-display`: prints each CloudEvent that it gets, and answers 202.
import { createServer, type IncomingHttpHeaders } from "node:http";

const CONTEXT = ["specversion", "type", "source", "subject", "id", "time", "dataschema", "datacontenttype"];
const STRUCTURED = /^application\/cloudevents\+json/i;

function attributesOf(headers: IncomingHttpHeaders, body: string): { attributes: Record<string, unknown>; data: unknown } {
  if (STRUCTURED.test(headers["content-type"] ?? "")) {
    const { data, data_base64: base64, ...attributes } = JSON.parse(body) as Record<string, unknown>;
    return { attributes, data: data ?? base64 };
  }
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith("ce-")) attributes[name.slice(3)] = decodeURIComponent(String(value));
  if (headers["content-type"] !== undefined) attributes["datacontenttype"] = headers["content-type"];
  return { attributes, data: body };
}

function shown(data: unknown): string {
  try {
    return JSON.stringify(typeof data === "string" ? JSON.parse(data) : data, null, 2);
  } catch {
    return String(data);
  }
}

function display(headers: IncomingHttpHeaders, body: string): string {
  const { attributes, data } = attributesOf(headers, body);
  const line = (name: string) => `  ${name}: ${String(attributes[name])}`;
  const extensions = Object.keys(attributes).filter((name) => !CONTEXT.includes(name));
  return [
    "Context Attributes,",
    ...CONTEXT.filter((name) => attributes[name] !== undefined).map(line),
    ...(extensions.length === 0 ? [] : ["Extensions,", ...extensions.toSorted().map(line)]),
    ...(data === undefined || data === ""
      ? []
      : [
          "Data,",
          ...shown(data)
            .split("\n")
            .map((text) => `  ${text}`),
        ]),
    "",
  ].join("\n");
}

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
  request.on("end", () => {
    const isEvent = request.headers["ce-specversion"] !== undefined || STRUCTURED.test(request.headers["content-type"] ?? "");
    try {
      if (isEvent) process.stdout.write(`${display(request.headers, body)}\n`);
      response.writeHead(isEvent ? 202 : 400).end();
    } catch {
      response.writeHead(400).end();
    }
  });
});

server.keepAliveTimeout = 120_000;
server.listen(Number(process.env["PORT"] ?? 8080));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
