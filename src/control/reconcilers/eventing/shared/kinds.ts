import { apiVersionOf, type Kind, type KindRef } from "../../../../api/meta/kind.ts";

/** The kinds that references may name. */
export class KnownKinds {
  readonly #byName: ReadonlyMap<string, KindRef>;
  readonly #byGroup: ReadonlyMap<string, KindRef>;

  constructor(kinds: readonly Kind[]) {
    const stored = kinds.filter((kind) => kind.virtual !== true);
    this.#byName = new Map(stored.map((kind) => [`${apiVersionOf(kind)} ${kind.kind}`, kind]));
    this.#byGroup = new Map(stored.filter((kind) => kind.storedAs === undefined).map((kind) => [`${kind.group} ${kind.kind}`, kind]));
  }

  /** By `apiVersion`, or by `group` alone. */
  find({ apiVersion, group, kind }: NamedKind): KindRef | undefined {
    if (apiVersion) return this.#byName.get(`${apiVersion} ${kind ?? ""}`);
    return group === undefined ? undefined : this.#byGroup.get(`${group} ${kind ?? ""}`);
  }
}

interface NamedKind {
  readonly apiVersion?: string | undefined;
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
}
