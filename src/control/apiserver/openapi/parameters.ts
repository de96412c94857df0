/** A query or path parameter, as both versions of OpenAPI describe it. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly type: "string" | "integer" | "boolean";
  readonly description: string;
  readonly required?: boolean;
}

function query(name: string, type: Parameter["type"], description: string): Parameter {
  return { name, in: "query", type, description };
}

function path(name: string, description: string): Parameter {
  return { name, in: "path", type: "string", description, required: true };
}

export const COMMON = {
  name: path("name", "name of the object"),
  namespace: path("namespace", "object name and auth scope, such as for teams and projects"),
  pretty: query("pretty", "string", "If 'true', the answer is indented."),
  /** kubectl looks for these three before it uses them. */
  dryRun: query("dryRun", "string", "'All': go through every stage, but store nothing."),
  fieldManager: query("fieldManager", "string", "Name of the actor that makes the change, for metadata.managedFields."),
  fieldValidation: query("fieldValidation", "string", "What to do about unknown and duplicate fields: Ignore, Warn or Strict."),
  force: query("force", "boolean", "Apply patches only: take fields over from other managers."),
  gracePeriodSeconds: query("gracePeriodSeconds", "integer", "Seconds until the object is deleted; 0 deletes at once."),
  propagationPolicy: query("propagationPolicy", "string", "What happens to dependents: Orphan, Background or Foreground."),
} as const satisfies Readonly<Record<string, Parameter>>;

export const BODY_PARAMETERS: readonly Parameter[] = [COMMON.dryRun, COMMON.fieldManager, COMMON.fieldValidation];

export const LIST_PARAMETERS: readonly Parameter[] = [
  query("allowWatchBookmarks", "boolean", "A watch may have BOOKMARK events."),
  query("continue", "string", "Token of the answer before, for the next part of a list."),
  query("fieldSelector", "string", "Restricts the list by fields."),
  query("labelSelector", "string", "Restricts the list by labels."),
  query("limit", "integer", "Most objects of one answer."),
  query("resourceVersion", "string", "The version that the list or watch begins at."),
  query("resourceVersionMatch", "string", "How resourceVersion is meant: Exact or NotOlderThan."),
  query("sendInitialEvents", "boolean", "A watch begins with an event for each object that is there."),
  query("timeoutSeconds", "integer", "Seconds after which the answer ends."),
  query("watch", "boolean", "Watch for changes instead of listing."),
];
