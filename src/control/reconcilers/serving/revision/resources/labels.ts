import type { Revision } from "../../../../../api/serving/revision.ts";
import {
  APP_LABEL,
  REVISION_LABEL,
  REVISION_UID_LABEL,
  ROUTES_ANNOTATION,
  ROUTING_STATE_LABEL,
  ROUTING_STATE_MODIFIED_ANNOTATION,
} from "../../../../../api/names/labels.ts";
import { without } from "../../shared/metadata.ts";

/** Labels of everything that is made of a revision. */
export function childLabels(revision: Revision): Record<string, string> {
  const { name = "", uid = "", labels } = revision.metadata;
  return {
    [APP_LABEL]: name,
    ...without(labels, ROUTING_STATE_LABEL),
    [REVISION_LABEL]: name,
    [REVISION_UID_LABEL]: uid,
  };
}

/** Annotations of everything that is made of a revision: its own, but not those that say where traffic goes. */
export function childAnnotations(revision: Revision): Record<string, string> {
  return without(revision.metadata.annotations, ROUTES_ANNOTATION, ROUTING_STATE_MODIFIED_ANNOTATION);
}
