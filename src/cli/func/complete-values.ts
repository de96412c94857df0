import type { CompletionRequest, Values } from "../shared/completion.ts";
import type { Func } from "./func.ts";

/** Values of flags that are the same for every command. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  builder: ["host", "pack", "s2i"],
  deployer: ["keda", "knative", "raw"],
  format: ["json", "yaml"],
  output: ["human", "json", "yaml"],
  type: ["configmap", "emptydir", "pvc", "secret"],
};

/** Values for flags and words; undefined where a file is wanted. */
export function completeValues(func: Func): Values {
  return async (request) => {
    const { option, command, operands } = request;
    const name = option?.name();
    if (name === "language") return runtimes(func);
    if (name === "template") return templates(func, languageIn(request));
    if (name !== undefined) return FIXED[name];
    if (command.name() === "templates") return operands.length === 0 ? runtimes(func) : [];
    if (command.parent?.name() === "repository" && ["rename", "remove"].includes(command.name())) {
      return operands.length === 0 ? (await import("./repositories.ts")).installed(func).names() : [];
    }
    return command.name() === "create" ? undefined : [];
  };
}

async function runtimes(func: Func): Promise<readonly string[]> {
  const { runtimesIn } = await import("../../functions/templates/catalog.ts");
  return runtimesIn(await repositories(func));
}

/** Of one language, or of all of them. */
async function templates(func: Func, language: string | undefined): Promise<readonly string[]> {
  const { runtimesIn, templatesIn } = await import("../../functions/templates/catalog.ts");
  const all = await repositories(func);
  const languages = language === undefined ? runtimesIn(all) : [language];
  return [...new Set(languages.flatMap((one) => templatesIn(all, one)))];
}

async function repositories(func: Func) {
  const { builtInRepository } = await import("../../functions/templates/repositories.ts");
  return [builtInRepository(), ...(await import("./repositories.ts")).installed(func).list()];
}

function languageIn({ args }: CompletionRequest): string | undefined {
  const at = args.findIndex((arg) => arg === "-l" || arg === "--language");
  return at >= 0 ? args[at + 1] : /^(?:--language|-l)=(.+)$/.exec(args.find((arg) => /^(--language|-l)=/.test(arg)) ?? "")?.[1];
}
