/** Clients that never stop calling: each a channel of its own with one call at a time. */
import * as grpc from "@grpc/grpc-js";
import { build } from "esbuild";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { echoMethods } from "./methods.ts";

/** The server of these tests as one file without imports. */
export async function serverProgram(): Promise<string> {
  const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  const bundled = await build({
    entryPoints: [join(import.meta.dirname, "server.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node26",
    banner: { js: banner },
    define: { __dirname: "import.meta.dirname" },
  });
  return bundled.outputFiles[0]?.text ?? "";
}

export interface Reply {
  readonly code: grpc.status;
  readonly details: string;
  readonly text: string;
}

/** A client without retries of its own: what it is told is what the platform said. */
export function openChannel(address: string, host: string, credentials = grpc.credentials.createInsecure()): grpc.Client {
  return new grpc.Client(address, credentials, {
    "grpc.default_authority": host,
    "grpc.ssl_target_name_override": host,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_retries": 0,
  });
}

/** No call of the tests takes so long unless something is wrong. */
const PATIENCE_MS = 40_000;
const patience = (ms = PATIENCE_MS) => ({ deadline: new Date(Date.now() + ms) });

export function call(client: grpc.Client, message: string): Promise<Reply> {
  const { path, requestSerialize, responseDeserialize } = echoMethods.unary;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, Buffer.from(message), patience(), (error, value) => {
      if (error === null) resolve({ code: grpc.status.OK, details: "", text: value?.toString() ?? "" });
      else resolve({ code: error.code, details: error.details, text: "" });
    });
  });
}

export interface Talk {
  say(word: string): Promise<string>;
  /** How the call ended. */
  end(): Promise<Reply>;
}

/** A stream that is open for as long as the caller wants. */
export function talk(client: grpc.Client): Talk {
  const { path, requestSerialize, responseDeserialize } = echoMethods.talk;
  const stream = client.makeBidiStreamRequest<Buffer, Buffer>(path, requestSerialize, responseDeserialize, patience(4 * PATIENCE_MS));
  const ended = new Promise<Reply>((resolve) => {
    stream.on("status", ({ code, details }: grpc.StatusObject) => resolve({ code, details, text: "" }));
  });
  stream.on("error", () => {});
  const say = (word: string) => {
    stream.write(Buffer.from(word));
    return new Promise<string>((resolve, reject) => {
      stream.once("data", (message: Buffer) => resolve(message.toString()));
      void ended.then(({ code, details }) => reject(new Error(`${grpc.status[code]}: ${details}`)));
    });
  };
  const end = () => {
    stream.end();
    return ended;
  };
  return { say, end };
}

export class CallLoad {
  /** Said by the test, so that a failure tells what went on. */
  phase = "start";
  readonly failures: string[] = [];
  /** Answers by revision. */
  readonly answers = new Map<string, number>();
  readonly #open: () => grpc.Client;
  #wanted = 0;
  #running: Promise<void>[] = [];

  constructor(address: string, host: string) {
    this.#open = () => openChannel(address, host);
  }

  get total(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  /** From now on so many clients call. */
  async clients(count: number): Promise<void> {
    const before = this.#wanted;
    this.#wanted = count;
    for (let index = before; index < count; index++) this.#running[index] = this.#run(index, this.#running[index]);
    await Promise.all(this.#running.slice(count));
  }

  async #run(index: number, predecessor: Promise<void> | undefined): Promise<void> {
    await predecessor;
    const client = this.#open();
    for (let turn = 0; index < this.#wanted; turn++) {
      const word = `${index}-${turn}`;
      const { code, details, text } = await call(client, word);
      const [revision = "", echoed] = text.split(" ");
      if (code === grpc.status.OK && echoed === word) this.answers.set(revision, (this.answers.get(revision) ?? 0) + 1);
      else this.failures.push(`${this.phase}: ${grpc.status[code]} ${details} ${text}`);
      if (code !== grpc.status.OK) await sleep(20); // a broken platform is not asked as fast as it can refuse
    }
    client.close();
  }
}
