import type { Program } from "../contract.ts";

/** The modules inside a program, from what `go version -m` prints about it. */
export function goPackages(printed: string): Program["packages"] {
  const version = /: go(\S+)/.exec(printed)?.[1];
  const modules = printed.split("\n").flatMap((line) => {
    const [, , kind, name, number] = line.split("\t");
    return kind === undefined ? [] : [{ kind: line.split("\t")[1], name: kind, version: name, number }];
  });
  const found = modules.flatMap(({ kind, name, version: of }, index) => {
    if (kind !== "dep" || of === undefined) return [];
    const replaced = modules[index + 1];
    const real = replaced?.kind === "=>" && replaced.version !== undefined ? replaced : { name, version: of };
    return [packageOf(real.name, real.version ?? of)];
  });
  return [...(version === undefined ? [] : [packageOf("std", version)]), ...found];
}

function packageOf(name: string, version: string): Program["packages"][number] {
  return { name, version, purl: `pkg:golang/${name.split("/").map(encodeURIComponent).join("/")}@${encodeURIComponent(version)}` };
}
