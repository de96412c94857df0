import { apiVersionOf, type Kind } from "../../../api/meta/kind.ts";

/** Kinds by group, version and resource. */
export class KindIndex {
  readonly all: readonly Kind[];
  readonly #byResource = new Map<string, Kind>();
  readonly #groupVersions = new Set<string>();

  constructor(kinds: readonly Kind[]) {
    this.all = kinds;
    for (const kind of kinds) {
      this.#byResource.set(`${kind.group}/${kind.version}/${kind.plural}`, kind);
      this.#groupVersions.add(`${kind.group}/${kind.version}`);
    }
  }

  find(group: string, version: string, plural: string): Kind | undefined {
    return this.#byResource.get(`${group}/${version}/${plural}`);
  }

  /** @throws Error when the server was built without it: a bug. */
  get(group: string, version: string, plural: string): Kind {
    const kind = this.find(group, version, plural);
    if (kind === undefined) throw new Error(`the API server was built without ${plural} in ${group || "core"}/${version}`);
    return kind;
  }

  /** Is there a kind of this name in this `group/version`? */
  hasKind(apiVersion: string, kindName: string): boolean {
    return this.all.some((kind) => kind.kind === kindName && apiVersionOf(kind) === apiVersion);
  }

  serves(group: string, version: string): boolean {
    return this.#groupVersions.has(`${group}/${version}`);
  }
}

export const USUAL_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const;

/** The verbs of the kind's main resource, sorted. */
export function verbsOf(kind: Kind): readonly string[] {
  return kind.verbs ?? (kind.virtual === true ? ["create"] : USUAL_VERBS);
}
