/** A file of the host that containers may see. */
export interface SharedFile {
  readonly hostPath: string;
  readonly path: string;
}

/** A language runtime of the host for images that bring none: Kinetic's own hold only the program. */
export interface HostRuntime {
  /** As images ask for it in their label, e.g. `node26`. */
  readonly name: string;
  /** The program and the libraries that it loads. */
  readonly files: readonly SharedFile[];
}

/** This Node, at a place on everybody's PATH. */
export function thisNode(): HostRuntime {
  const major = process.versions.node.split(".")[0] ?? "";
  const libraries = sharedObjects().filter((path) => path.startsWith("/"));
  return {
    name: `node${major}`,
    files: [{ hostPath: process.execPath, path: "/usr/local/bin/node" }, ...libraries.map((path) => ({ hostPath: path, path }))],
  };
}

/** Node tells which libraries it has loaded; finding that out by hand would need a dynamic linker. */
function sharedObjects(): readonly string[] {
  const report: ReportWithSwitch = process.report;
  const before = report.excludeNetwork ?? false;
  report.excludeNetwork = true; // else it looks up names of peers
  const { sharedObjects: paths = [] } = report.getReport() as { readonly sharedObjects?: readonly string[] };
  report.excludeNetwork = before;
  return paths.filter((path) => path !== process.execPath);
}

/** The types lag behind. */
type ReportWithSwitch = NonNullable<typeof process.report> & { excludeNetwork?: boolean };
