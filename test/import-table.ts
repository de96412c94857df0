/** Who may import whom below src/: checked by architecture.test.ts, shown in docs/ARCHITECTURE.md (docs.test.ts compares). */

export interface ImportRow {
  /** Folders of ours below src/, beside the row's own. */
  readonly ours: readonly string[];
  readonly packages: readonly string[];
  /** `node:*` allowed? */
  readonly node: boolean;
}

const flow = ["client", "api", "std", "security"];
const events = [...flow, "events/filter", "events/journal"];

/** The longest matching folder wins. */
export const IMPORT_TABLE: Readonly<Record<string, ImportRow>> = {
  std: { ours: [], packages: [], node: false },
  api: { ours: ["std"], packages: ["typebox", "@noble/hashes", "yaml", "croner"], node: false },
  client: { ours: ["api", "std"], packages: [], node: false },
  "client/kubeconfig": { ours: ["client", "api", "std", "security"], packages: ["yaml"], node: true },
  security: { ours: ["std"], packages: ["@peculiar/x509", "reflect-metadata"], node: true },
  telemetry: { ours: ["std"], packages: ["pino"], node: true },
  "control/apiserver": {
    ours: ["api", "std", "security"],
    packages: ["rfc6902", "yaml", "protobufjs", "ws"], // ws: exec, attach and port-forward
    node: true,
  },
  "control/controller": { ours: ["client", "api", "std"], packages: [], node: false },
  "control/autoscaler": { ours: ["api", "std"], packages: [], node: false },
  "control/reconcilers": {
    ours: ["control/controller", "control/autoscaler", "client", "api", "std", "security"],
    packages: [],
    node: false,
  },
  "control/node": { ours: ["client", "images", "api", "std"], packages: [], node: true },
  "traffic/routes": { ours: flow, packages: [], node: true },
  "traffic/dispatch": { ours: [...flow, "traffic/routes"], packages: [], node: true },
  "traffic/proxy": { ours: [...flow, "traffic/routes", "traffic/dispatch"], packages: [], node: true },
  "traffic/gateway": { ours: [...flow, "traffic/routes", "traffic/dispatch", "traffic/proxy"], packages: [], node: true },
  images: { ours: ["api", "std"], packages: ["tar-stream"], node: true },
  "events/filter": { ours: ["std", "api"], packages: [], node: false },
  "events/journal": { ours: ["std", "api"], packages: [], node: true },
  "events/delivery": { ours: events, packages: ["undici"], node: true },
  "events/ingress": { ours: [...events, "events/delivery"], packages: [], node: true },
  "events/observe": { ours: ["api", "std", "events/filter", "events/journal", "events/delivery"], packages: [], node: false },
  "events/plane": {
    ours: [...events, "events/delivery", "events/ingress", "events/sources", "events/observe"],
    packages: [],
    node: true,
  },
  "events/thread": { ours: [...events, "events/delivery", "events/plane"], packages: [], node: true },
  "events/sources": { ours: events, packages: [], node: true },
  functions: { ours: ["client", "images", "api", "std"], packages: ["esbuild", "yaml", "chokidar"], node: true },
  cli: { ours: ["client", "api", "functions", "images", "install", "std"], packages: ["commander", "yaml", "undici"], node: true },
  "cli/kinetic": { ours: ["app", "cli", "client", "api", "images", "std"], packages: ["commander", "yaml", "undici"], node: true },
  app: {
    ours: ["std", "api", "client", "security", "telemetry", "control", "traffic", "events", "images"],
    packages: ["esbuild"],
    node: true,
  },
  testing: { ours: ["std", "api", "client", "control", "traffic", "images", "security"], packages: ["fast-check"], node: true },
};

/** The table as docs/ARCHITECTURE.md has it: one line a row. */
export function importTableLines(): string[] {
  const list = (names: readonly string[]) => (names.length === 0 ? "-" : names.join(", "));
  return Object.entries(IMPORT_TABLE).map(
    ([folder, row]) => `| \`${folder}\` | ${list(row.ours)} | ${list(row.packages)} | ${row.node ? "yes" : "no"} |`,
  );
}
