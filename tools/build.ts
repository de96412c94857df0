/**
 * `npm run build`: the published form in dist/. With `--check` it also packs the package, installs the tarball into an
 * empty folder and runs the installed programs.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const run = (program: string, args: readonly string[], cwd = ROOT) =>
  execFileSync(program, [...args], { cwd, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });

function build(): void {
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  const config = {
    extends: "./tsconfig.json",
    compilerOptions: { noEmit: false, outDir: "dist", rootDir: "src", declaration: false },
    include: ["src"],
    exclude: ["src/**/*.test.ts", "src/**/*.contract.ts", "src/testing", "src/**/fixtures"],
  };
  const path = join(ROOT, "tsconfig.build.tmp.json");
  writeFileSync(path, JSON.stringify(config));
  try {
    run(process.execPath, [join(ROOT, "node_modules/.bin/tsc"), "-p", path]);
  } finally {
    rmSync(path);
  }
  for (const file of globSync("**/*.json", { cwd: join(ROOT, "src") })) {
    if (!file.includes("fixtures")) cpSync(join(ROOT, "src", file), join(ROOT, "dist", file));
  }
}

/** Packs, installs into an empty folder, and runs what was installed. */
function checkInstalled(): void {
  const folder = mkdtempSync(join(tmpdir(), "kinetic-pack-"));
  try {
    const tarball = run("npm", ["pack", "--silent", "--pack-destination", folder]).trim().split("\n").at(-1) ?? "";
    writeFileSync(join(folder, "package.json"), '{"private":true}');
    run("npm", ["install", "--silent", "--no-audit", "--no-fund", join(folder, tarball)], folder);
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    for (const program of ["kinetic", "kn", "func"]) {
      const answer = run(join(folder, "node_modules/.bin", program), [program === "kinetic" ? "--version" : "version"], folder);
      if (!answer.includes(version)) throw new Error(`${program} of the packed package does not say ${version}: ${answer}`);
    }
    run(join(folder, "node_modules/.bin/func"), ["create", "--language", "go", join(folder, "hello")], folder);
    readFileSync(join(folder, "hello/.gitignore")); // a package leaves out files of this name
    run(process.execPath, [join(ROOT, "tools/try-installed.ts"), join(folder, "node_modules/.bin/kinetic")], folder);
    process.stdout.write("the packed package installs and runs\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

build();
run(process.execPath, [join(ROOT, "node_modules/.bin/publint"), "--strict"]);
if (process.argv.includes("--check")) {
  checkInstalled();
  rmSync(join(ROOT, "dist"), { recursive: true, force: true }); // the launchers prefer dist/ to src/
}
