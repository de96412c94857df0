import type { Command, Option } from "commander";
import {
  addBoolPair,
  addNamespaceFlag,
  addTargetFlag,
  addWaitFlags,
  commaList,
  decimal,
  integer,
  many,
  once,
  text,
  type WaitFlags,
} from "../flags.ts";
import type { SpecFlags } from "./spec/apply-flags.ts";

/** What create, update and apply parse. */
export interface ServiceFlags extends SpecFlags, WaitFlags {
  readonly envFile?: string;
  /** A file with a PodSpec, or `-`. */
  readonly containers?: string;
  readonly filename?: string;
  readonly force?: boolean;
  readonly tag?: readonly string[];
  readonly untag?: readonly string[];
  readonly traffic?: readonly string[];
}

export function addServiceFlags(command: Command): Command {
  for (const option of [...podContainerOptions(), ...podOptions(), ...metadataOptions(), ...scaleOptions(), ...oldOptions()])
    command.addOption(option);
  addBoolPair(
    command,
    "cluster-local",
    "Specify that the service be private. (--no-cluster-local will make the service publicly available)",
  );
  addBoolPair(
    command,
    "lock-to-digest",
    "Keep the running image for the service constant when not explicitly specifying the image. (default true)",
  );
  return addWaitFlags(addTargetFlag(addNamespaceFlag(command)), "'service' operation to be completed");
}

function containerOptions(): Option[] {
  return [
    once("--image <string>", "Image to run."),
    many("-e, --env <stringArray>", "Environment variable to set. NAME=value; 'NAME-' unsets it. Can be used multiple times."),
    text("--env-file <string>", "Path to a file with environment variables, one NAME=value a line."),
    many(
      "--env-from <stringArray>",
      "Add all keys of a ConfigMap (cm:NAME or config-map:NAME) or a Secret (secret:NAME); a trailing '-' removes.",
    ),
    many("--env-value-from <stringArray>", "Add one key as a variable: NAME=cm:CONFIGMAP:KEY or NAME=secret:SECRET:KEY."),
    many(
      "--mount <stringArray>",
      "Mount a ConfigMap (cm:), Secret (sc:), emptyDir (ed:), claim (pvc:) or volume: /dir=cm:NAME[/sub][:readOnly=true]; '/dir-' removes.",
    ),
    many("--cmd <stringArray>", "Command to run instead of the image's own. Can be used multiple times."),
    many("--arg <stringArray>", "Argument to the command. Can be used multiple times."),
    text("-p, --port <string>", "The port where application listens on, in the format 'NAME:PORT', where 'NAME' is optional."),
    commaList("--limit <strings>", "The resource requirement limits for this Service: cpu=100m,memory=1Gi; 'cpu-' removes."),
    commaList("--request <strings>", "The resource requirement requests for this Service: cpu=100m,memory=1Gi; 'cpu-' removes."),
    integer("--user <int>", "The user ID to run the container (e.g., 1001)."),
    text("--pull-policy <string>", "Image pull policy. Valid values (case insensitive): Always | Never | IfNotPresent"),
    text("--security-context <string>", "Predefined security context for the service. Accepted values: 'none' or 'strict'."),
    text(
      "--probe-liveness <string>",
      "Add liveness probe: http:host:port:path, https:host:port:path, exec:cmd[,cmd,...] or tcp:host:port.",
    ),
    text(
      "--probe-liveness-opts <string>",
      "Options of the liveness probe: InitialDelaySeconds=1,TimeoutSeconds=1,PeriodSeconds=1,SuccessThreshold=1,FailureThreshold=1.",
    ),
    text(
      "--probe-readiness <string>",
      "Add readiness probe: http:host:port:path, https:host:port:path, exec:cmd[,cmd,...] or tcp:host:port.",
    ),
    text("--probe-readiness-opts <string>", "Options of the readiness probe, as for --probe-liveness-opts."),
  ];
}

/** What `container add` takes: a container, and what it needs of its pod. */
export function podContainerOptions(): Option[] {
  return [
    ...containerOptions(),
    text("--service-account <string>", 'Service account name to set. An empty argument ("") clears it.'),
    text("--pull-secret <string>", 'Image pull secret to set. An empty argument ("") clears the pull secret.'),
    text(
      "--containers <string>",
      "Path to a file with further containers, '-' for standard input. Example: --containers ./containers.yaml or --containers -.",
    ),
  ];
}

function podOptions(): Option[] {
  return [
    many(
      "--volume <stringArray>",
      "Add a volume: NAME=cm:CONFIGMAP, NAME=secret:SECRET, NAME=emptyDir:x:size=1Gi,type=Memory or NAME=pvc:CLAIM; 'NAME-' removes.",
    ),
    many("--node-selector <stringArray>", "Add node selector: label=value; 'label-' removes. Can be used multiple times."),
    commaList(
      "--toleration <strings>",
      'Add a toleration, if the feature is on in Knative Serving: Key="key1",Operator="Equal",Value="value1",Effect="NoSchedule".',
    ),
    commaList(
      "--node-affinity <strings>",
      'Add a node affinity, if the feature is on in Knative Serving: Type="Required",Key="zone",Operator="In",Values="a b", ' +
        'or Type="Preferred" with Weight="1". Required terms are alternatives.',
    ),
    integer("--concurrency-limit <int>", "Hard limit of concurrent requests to be processed by a single replica."),
    integer("--timeout <int>", "Duration in seconds that the request is allowed to take. (default 300)"),
    text(
      "--revision-name <string>",
      "The revision name to set: .Service, .Generation and .Random N may be used. Empty lets the server choose.",
    ),
    text("--profile <string>", "The profile name to set. Profile istio is built in; 'istio-' removes it."),
  ];
}

function metadataOptions(): Option[] {
  return [
    many("-l, --label <stringArray>", "Labels to set for both Service and Revision: name=value; 'name-' removes."),
    many("--label-service <stringArray>", "Service label to set: name=value; 'name-' removes."),
    many("--label-revision <stringArray>", "Revision label to set: name=value; 'name-' removes."),
    many("-a, --annotation <stringArray>", "Annotations to set for both Service and Revision: name=value; 'name-' removes."),
    many("--annotation-service <stringArray>", "Service annotation to set: name=value; 'name-' removes."),
    many("--annotation-revision <stringArray>", "Revision annotation to set: name=value; 'name-' removes."),
  ];
}

function scaleOptions(): Option[] {
  return [
    text("--scale <string>", "Set the Minimum and Maximum number of replicas: 3, 1..5, ..5 or 1.. ."),
    integer("--scale-min <int>", "Minimum number of replicas."),
    integer("--scale-max <int>", "Maximum number of replicas."),
    integer("--scale-init <int>", "Initial number of replicas with which a service starts. Can be 0 or a positive integer."),
    integer("--scale-activation <int>", "Minimum non-zero value that a service should scale to."),
    decimal("--scale-target <int>", "Recommendation for what metric value the autoscaler should attempt to maintain."),
    text("--scale-metric <string>", "Set the metric that the service should scale on: concurrency, rps, cpu or memory."),
    integer("--scale-utilization <int>", "Percentage of concurrent requests utilization before scaling up. (default 70)"),
    text("--scale-window <string>", "Duration to look back for making auto-scaling decisions, e.g. 30s."),
  ];
}

/** Names of old for flags above. */
function oldOptions(): Option[] {
  return [
    text("--autoscale-window <string>", "Deprecated, please use --scale-window"),
    integer("--concurrency-target <int>", "Deprecated, please use --scale-target"),
    integer("--concurrency-utilization <int>", "Deprecated, please use --scale-utilization"),
    text("--extra-containers <string>", "Deprecated, use --containers instead."),
  ].map((option) => option.hideHelp());
}
