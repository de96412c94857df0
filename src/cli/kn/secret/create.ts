import type { Command } from "commander";
import type { Secret } from "../../../api/k8s/types.generated.ts";
import type { KindRef } from "../../../api/meta/kind.ts";
import { base64OfText } from "../../../std/base64.ts";
import { UserError } from "../../shared/io.ts";
import { createCommandOf } from "../eventing/commands.ts";
import { many, text } from "../flags.ts";
import type { Kn } from "../kn.ts";

export const SECRET: KindRef<Secret> = { group: "", version: "v1", kind: "Secret", plural: "secrets", namespaced: true };

interface SecretFlags {
  readonly fromLiteral?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly type?: string;
}

export function secretCreateCommand(kn: Kn): Command {
  return createCommandOf<Secret, SecretFlags>(kn, {
    kind: SECRET,
    usage: "NAME",
    description: "Create secret",
    nameMissing: "'secret create' requires the secret name given as single argument",
    options: [
      many("-l, --from-literal <stringArray>", "Specify comma separated list of key=value pairs."),
      text("--tls-cert <string>", "Path to TLS certificate file."),
      text("--tls-key <string>", "Path to TLS key file."),
      text("--type <string>", "Specify Secret type."),
    ],
    check(_name, { tlsCert, tlsKey, fromLiteral = [] }) {
      if ((tlsCert === undefined) !== (tlsKey === undefined)) throw new UserError("both --tls-cert and --tls-key need to be provided");
      if (tlsCert !== undefined && fromLiteral.length > 0) throw new UserError("TLS flags can't be combined with --from-literal");
      literals(fromLiteral);
    },
    async make(_context, { fromLiteral = [], tlsCert, tlsKey, type }) {
      if (tlsCert === undefined || tlsKey === undefined) return { data: literals(fromLiteral), type: type ?? "Opaque" };
      const data = { "tls.crt": base64OfText(await read(tlsCert)), "tls.key": base64OfText(await read(tlsKey)) };
      return { data, type: type ?? "kubernetes.io/tls" };
    },
    done: (name, namespace) => `Secret '${name}' created in namespace '${namespace}'.\n`,
  });
}

function literals(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((value) => {
      const at = value.indexOf("=");
      if (at > 0) return [value.slice(0, at), base64OfText(value.slice(at + 1))];
      throw new UserError(
        `Invalid --from-literal: argument requires a value that contains the "=" delimiter; got ${JSON.stringify(value)}`,
      );
    }),
  );
}

async function read(path: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(path, "utf8").catch(() => {
    throw new UserError(`open ${path}: no such file or directory`);
  });
}
