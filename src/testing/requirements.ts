/** Reasons to skip a test, in one form: `test("...", { skip: requires("kubectl") }, ...)`. CI refuses what it could have run. */
import { spawnSync } from "node:child_process";

export type Requirement =
  | "kubectl"
  | "go"
  | "root"
  | "an unprivileged user"
  | "linux"
  | "curl"
  | "openssl"
  | "skopeo"
  | "python"
  | "python3"
  | "docker-registry"
  | "git";

/** `false`, or why the test cannot run here. */
export function requires(...requirements: readonly Requirement[]): string | false {
  const missing = requirements.filter((requirement) => !holds(requirement));
  return missing.length === 0 ? false : `needs ${missing.join(" and ")}`;
}

function holds(requirement: Requirement): boolean {
  switch (requirement) {
    case "root":
      return process.getuid?.() === 0;
    case "an unprivileged user":
      return process.getuid?.() !== 0;
    case "linux":
      return process.platform === "linux";
    case "go":
      return answers("go", ["version"]);
    case "kubectl":
      return answers("kubectl", ["version", "--client"]);
    case "python":
      return answers("python3", ["-c", "import pip, venv"]);
    case "curl":
    case "docker-registry":
    case "git":
    case "python3":
    case "skopeo":
      return answers(requirement, ["--version"]);
    case "openssl":
      return answers(requirement, ["version"]);
  }
}

function answers(program: string, args: readonly string[]): boolean {
  return spawnSync(program, [...args], { stdio: "ignore" }).status === 0;
}
