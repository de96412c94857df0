import type { Container, EnvVar, HTTPGetAction, LifecycleHandler, ObjectFieldSelector, PodSpec, Probe } from "../../k8s/types.generated.ts";
import { canonicalResources } from "./resources.ts";
import { defaultVolume } from "./volume-defaults.ts";

/** What the server fills into every PodSpec, of a Pod or of a template. Changes `spec` in place; twice changes nothing. */
export function defaultPodSpec(spec: PodSpec): void {
  for (const container of allContainers(spec)) defaultContainer(container);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  if (spec.hostNetwork === true) for (const container of allContainers(spec)) publishPorts(container);
  spec.restartPolicy ??= "Always";
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= "ClusterFirst";
  spec.securityContext ??= {};
  spec.schedulerName ??= "default-scheduler";
  mirrorServiceAccount(spec);
}

/** Init containers first, in the order in which they run. */
export function allContainers(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

/** `serviceAccount` is the older name of `serviceAccountName`. */
function mirrorServiceAccount(spec: PodSpec): void {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name) return;
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
}

function publishPorts(container: Container): void {
  for (const port of container.ports ?? []) if (!port.hostPort) port.hostPort = port.containerPort ?? 0;
}

export function defaultContainer(container: Container): void {
  container.terminationMessagePath ??= "/dev/termination-log";
  container.terminationMessagePolicy ??= "File";
  container.imagePullPolicy ??= pullPolicy(container.image ?? "");
  container.resources ??= {};
  canonicalResources(container.resources);
  for (const port of container.ports ?? []) port.protocol ??= "TCP";
  for (const variable of container.env ?? []) defaultVariable(variable);
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe) defaultProbe(probe);
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) if (handler) defaultHandler(handler);
}

/** A mutable tag is pulled again at every start. */
export function pullPolicy(image: string): "Always" | "IfNotPresent" {
  if (image === "" || image.includes("@")) return "IfNotPresent";
  const lastPart = image.slice(image.lastIndexOf("/") + 1);
  const tag = lastPart.includes(":") ? lastPart.slice(lastPart.indexOf(":") + 1) : "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

function defaultVariable(variable: EnvVar): void {
  if (variable.valueFrom?.fieldRef) defaultFieldRef(variable.valueFrom.fieldRef);
}

export function defaultFieldRef(reference: ObjectFieldSelector): void {
  reference.apiVersion ??= "v1";
}

export function defaultProbe(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.httpGet) defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= "";
}

function defaultHandler(handler: LifecycleHandler): void {
  if (handler.httpGet) defaultHttpGet(handler.httpGet);
}

function defaultHttpGet(action: HTTPGetAction): void {
  action.path ||= "/";
  action.scheme ||= "HTTP";
}
