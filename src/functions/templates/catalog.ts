import { DEFAULT_REPOSITORY, fullName, type Repository, type Template } from "./repository.ts";

export type FoundTemplate =
  | { readonly kind: "ok"; readonly template: Template }
  | { readonly kind: "no-runtime"; readonly runtimes: readonly string[] }
  | { readonly kind: "no-repository"; readonly repository: string }
  | { readonly kind: "no-template"; readonly templates: readonly string[] };

/** The languages of all repositories, sorted. */
export function runtimesIn(repositories: readonly Repository[]): string[] {
  return [...new Set(repositories.flatMap(({ languages }) => languages.map(({ name }) => name)))].toSorted();
}

/** Full names of the templates of a language: those of the default repository first. */
export function templatesIn(repositories: readonly Repository[], runtime: string): string[] {
  const templates = repositories.flatMap(({ languages }) =>
    languages.filter(({ name }) => name === runtime).flatMap((one) => one.templates),
  );
  const isDefault = ({ repository }: Template) => repository === DEFAULT_REPOSITORY;
  return [
    ...templates.filter(isDefault).map(fullName),
    ...templates
      .filter((one) => !isDefault(one))
      .map(fullName)
      .toSorted(),
  ];
}

/** `http`, or `REPOSITORY/http`. */
export function findTemplate(repositories: readonly Repository[], runtime: string, name: string): FoundTemplate {
  const slash = name.indexOf("/");
  const wanted = slash < 0 ? DEFAULT_REPOSITORY : name.slice(0, slash);
  const repository = repositories.find((one) => one.name === wanted);
  if (repository === undefined) return { kind: "no-repository", repository: wanted };
  const runtimes = runtimesIn(repositories);
  if (!runtimes.includes(runtime)) return { kind: "no-runtime", runtimes };
  const language = repository.languages.find((one) => one.name === runtime);
  const template = language?.templates.find((one) => one.name === name.slice(slash + 1));
  return template === undefined ? { kind: "no-template", templates: templatesIn(repositories, runtime) } : { kind: "ok", template };
}
