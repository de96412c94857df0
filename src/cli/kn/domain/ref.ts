import type { Command } from "commander";
import type { KindRef } from "../../../api/meta/kind.ts";
import { apiVersionOf } from "../../../api/meta/kind.ts";
import type { DomainMappingRef } from "../../../api/serving/domainmapping.ts";
import { UserError } from "../../shared/io.ts";
import { text } from "../flags.ts";
import { mustGet } from "../get.ts";
import type { Context } from "../kn.ts";
import { ROUTE, SERVICE } from "../refs.ts";

export interface RefFlags {
  readonly ref?: string;
}

const KINDS: Readonly<Record<string, KindRef>> = { ksvc: SERVICE, kroute: ROUTE };

export function addRefFlag(command: Command): Command {
  return command.addOption(
    text(
      "--ref <string>",
      "What the domain leads to: a Knative service ('hello' or 'ksvc:hello') or a Knative route ('kroute:hello'), " +
        "in the namespace of the mapping or in the one that is named ('ksvc:hello:mynamespace').",
    ),
  );
}

/** The words after a command that takes one domain and a reference. */
export function domainAndRef(words: readonly string[], { ref }: RefFlags): { readonly name: string; readonly ref: string } {
  if (ref === undefined || ref === "") throw new UserError('required flag(s) "ref" not set');
  const [name] = words;
  if (name === undefined || words.length > 1) throw new UserError("'kn domain create' requires the domain name given as single argument");
  return { name, ref };
}

/** The reference to an object that is there: `[prefix:]name[:namespace]`. */
export async function resolveRef(context: Context, reference: string): Promise<DomainMappingRef> {
  const [prefix = "", name, namespace] = reference.includes(":") ? splitInThree(reference) : ["ksvc", reference];
  const kind = KINDS[prefix];
  if (kind === undefined) throw new UserError(`unsupported sink prefix: '${prefix}'`);
  const place = { ...context, namespace: namespace || context.namespace };
  const { metadata } = await mustGet(place, kind, name ?? "");
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, name: metadata.name ?? "", namespace: place.namespace };
}

function splitInThree(text: string): string[] {
  const [first = "", second = "", ...rest] = text.split(":");
  return [first, second, rest.join(":")];
}
