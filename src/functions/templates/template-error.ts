/** A repository or template that cannot be used, or a folder that cannot take one: for people, with the next step. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
