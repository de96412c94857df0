/** What `describe` says of a revision's container. */
import { annotation, AUTOSCALING, MAX_SCALE_ANNOTATION, MIN_SCALE_ANNOTATION } from "../../api/names/labels.ts";
import type { Container, EnvFromSource, EnvVar } from "../../api/k8s/types.generated.ts";
import type { Revision } from "../../api/serving/revision.ts";
import type { Sections } from "../shared/sections.ts";
import { writeValues } from "./describe.ts";
import { USER_IMAGE_ANNOTATION } from "./refs.ts";

interface Place {
  readonly indent: number;
  readonly verbose: boolean;
}

export function writeImageAndReplicas(sections: Sections, revision: Revision, indent: number): void {
  const image = imageText(revision);
  if (image !== "") sections.attribute("Image", image, indent);
  const { actualReplicas, desiredReplicas } = revision.status ?? {};
  if (actualReplicas !== undefined && desiredReplicas !== undefined) {
    sections.attribute("Replicas", `${actualReplicas}/${desiredReplicas}`, indent);
  }
}

export function writeContainerDetails(sections: Sections, revision: Revision, { indent, verbose }: Place): void {
  const container = userContainer(revision);
  const port = container?.ports?.[0]?.containerPort;
  if (port !== undefined) sections.attribute("Port", String(port), indent);
  writeValues(sections, { key: "Env", values: (container?.env ?? []).map(envText), verbose, indent });
  writeValues(sections, { key: "EnvFrom", values: (container?.envFrom ?? []).map(envFromText), verbose, indent });
  writeScale(sections, revision, indent);
  writeConcurrency(sections, revision, indent);
  writeResource(sections, { key: "Memory", resource: "memory", container, indent });
  writeResource(sections, { key: "CPU", resource: "cpu", container, indent });
}

/** The container that takes the requests: the one with a port, or the only one. */
function userContainer(revision: Revision): Container | undefined {
  const containers = revision.spec.containers ?? [];
  return containers.find((container) => (container.ports?.length ?? 0) > 0) ?? containers[0];
}

/** The user's own name of the image, with what it was resolved to. */
function imageText(revision: Revision): string {
  const image = userContainer(revision)?.image ?? "";
  const digest = revision.status?.containerStatuses?.[0]?.imageDigest ?? "";
  const userImage = revision.metadata.annotations?.[USER_IMAGE_ANNOTATION] ?? "";
  const repository = image.split(image.includes("@") ? "@" : ":")[0] ?? "";
  const same = userImage !== "" && digest !== "" && userImage.startsWith(repository);
  const short = shortDigest(digest);
  if (short === "") return same ? userImage : image;
  return same ? `${userImage} (pinned to ${short})` : `${image} (at ${short})`;
}

function shortDigest(digest: string): string {
  return digest.includes("@") ? (digest.split(":").at(-1) ?? "").slice(0, 6) : "";
}

function envText({ name, value, valueFrom }: EnvVar): string {
  if (valueFrom === undefined) return `${name}=${value ?? ""}`;
  const { configMapKeyRef, secretKeyRef } = valueFrom;
  if (configMapKeyRef !== undefined) return `${name}=cm:${configMapKeyRef.name}:${configMapKeyRef.key}`;
  if (secretKeyRef !== undefined) return `${name}=secret:${secretKeyRef.name}:${secretKeyRef.key}`;
  return `${name}=[ref]`;
}

function envFromText({ configMapRef, secretRef }: EnvFromSource): string {
  return configMapRef === undefined ? `secret:${secretRef?.name ?? ""}` : `cm:${configMapRef.name}`;
}

function writeScale(sections: Sections, revision: Revision, indent: number): void {
  const min = annotation(revision.metadata.annotations, MIN_SCALE_ANNOTATION)?.value;
  const max = annotation(revision.metadata.annotations, MAX_SCALE_ANNOTATION)?.value;
  if (min === undefined && max === undefined) return;
  sections.attribute("Scale", `${min ?? "0"} ... ${max ?? "∞"}`, indent);
}

function writeConcurrency(sections: Sections, revision: Revision, indent: number): void {
  const limit = revision.spec.containerConcurrency ?? 0;
  const target = revision.metadata.annotations?.[`${AUTOSCALING}/target`];
  if (limit === 0 && target === undefined) return;
  sections.attribute("Concurrency", "", indent);
  if (limit !== 0) sections.attribute("Limit", String(limit), indent + 2);
  if (target !== undefined) sections.attribute("Target", target, indent + 2);
}

interface ResourceLine {
  readonly key: string;
  readonly resource: string;
  readonly container: Container | undefined;
  readonly indent: number;
}

function writeResource(sections: Sections, { key, resource, container, indent }: ResourceLine): void {
  const request = container?.resources?.requests?.[resource];
  const limit = container?.resources?.limits?.[resource];
  if (request === undefined && limit === undefined) return;
  const value = limit === undefined ? String(request) : request === undefined ? `... ${limit}` : `${request} ... ${limit}`;
  sections.attribute(key, value, indent);
}
