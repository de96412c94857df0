/**
 * Header fields in the order and spelling in which they came, with lower-case keys beside them. Three parallel arrays,
 * because every proxied request builds and walks two of these.
 */
export class HeaderList {
  /** As spelled on the wire. */
  readonly names: string[] = [];
  /** The same in lower case. */
  readonly keys: string[] = [];
  readonly values: string[] = [];

  get length(): number {
    return this.keys.length;
  }

  append(name: string, value: string): void {
    this.push(name, name.toLowerCase(), value);
  }

  /** `append` for a caller that has the lower-case key already. */
  push(name: string, key: string, value: string): void {
    this.names.push(name);
    this.keys.push(key);
    this.values.push(value);
  }

  /** The first value of a lower-case key. */
  get(key: string): string | undefined {
    const index = this.keys.indexOf(key);
    return index < 0 ? undefined : this.values[index];
  }

  has(key: string): boolean {
    return this.keys.includes(key);
  }

  count(key: string): number {
    return this.keys.reduce((sum, one) => (one === key ? sum + 1 : sum), 0);
  }

  /** All values of a key, joined as one list field. */
  joined(key: string): string | undefined {
    const found = this.values.filter((_value, index) => this.keys[index] === key);
    return found.length === 0 ? undefined : found.join(", ");
  }

  /** Replaces every value of `name` by one. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    this.delete(key);
    this.push(name, key, value);
  }

  delete(key: string): void {
    for (let index = this.keys.indexOf(key); index >= 0; index = this.keys.indexOf(key, index)) {
      this.names.splice(index, 1);
      this.keys.splice(index, 1);
      this.values.splice(index, 1);
    }
  }

  static of(fields: Readonly<Record<string, string>>): HeaderList {
    const list = new HeaderList();
    for (const name of Object.keys(fields)) list.append(name, fields[name] ?? "");
    return list;
  }
}
