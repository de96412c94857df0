import type { DescribedGroup } from "./describe.ts";

const CORE = "io.k8s.api.core.v1.";

const flag = (name: string, text: string) => `${text} Refused unless config-features allows kubernetes.podspec-${name}.`;

const latest = {
  latestCreatedRevisionName: "The revision made last; it may not be ready yet.",
  latestReadyRevisionName: "The newest revision that has become ready. Traffic for the latest revision goes here.",
};

export const servingTexts: DescribedGroup = {
  prefix: "dev.knative.serving.v1.",
  types: {
    Service: {
      spec: "The program to run, and how requests are shared among its revisions.",
      status: "Where the service is reached, what it runs, and whether that is ready.",
    },
    ServiceSpec: {
      template: "What to run. Each change makes a new revision.",
      traffic: "Shares of requests. Default: everything to the latest ready revision.",
    },
    ServiceStatus: latest,
    Configuration: {
      spec: "The template from which revisions are made.",
      status: "The revisions made last, and whether the newest is ready.",
    },
    ConfigurationSpec: { template: "What the next revision looks like. Each change makes a new one." },
    ConfigurationStatus: latest,
    RevisionTemplate: {
      metadata: "Labels, annotations and perhaps the name of the revision. Annotations of autoscaling.knative.dev set its scale.",
      spec: "Containers and limits of the revision.",
    },
    RevisionTemplateMetadata: {
      annotations:
        "Copied to the revision, e.g. autoscaling.knative.dev/min-scale, max-scale, target, window; " +
        "features.knative.dev and kinetic.dev keys choose behaviours.",
      labels: "Copied to the revision and its Pods.",
      name:
        "Name of the revision, which must begin with the service's name and a dash. " +
        "Empty: numbered, e.g. hello-00001. A given name must change with the template.",
      namespace: "Leave empty: revisions are always in the namespace of their service.",
    },
    Revision: {
      spec: "Containers and limits. Fixed: to change something, change the template and get a new revision.",
      status: "Whether the revision can serve, how many instances it has, and which images exactly it runs.",
    },
    RevisionSpec: {
      affinity: flag("affinity", "Rules about the nodes that instances go to, as in a Pod. Kinetic has one node."),
      automountServiceAccountToken: "May only be false: instances then get no API token. Default: as the ServiceAccount says.",
      containers:
        "The containers of an instance. Exactly one has a port: " +
        "it serves the requests. Several are possible unless multi-container is off.",
      dnsConfig: flag("dnsconfig", "Resolver settings. The process driver leaves them out: programs use the host's resolver."),
      dnsPolicy: flag("dnspolicy", "Where names are resolved. Without effect in the process driver."),
      enableServiceLinks:
        "Whether variables such as NAME_SERVICE_HOST tell of other Services. Default: config-defaults. Kinetic sets none either way.",
      hostAliases: flag("hostaliases", "Lines for /etc/hosts. Without effect in the process driver."),
      hostIPC: flag("hostipc", "The host's IPC namespace."),
      hostNetwork: flag("hostnetwork", "The host's network namespace."),
      hostPID: flag("hostpid", "The host's process namespace."),
      initContainers: flag("init-containers", "Containers that run to their end, one after the other, before the others start."),
      nodeSelector: flag("nodeselector", "Labels that a node must have."),
      priorityClassName: flag("priorityclassname", "Priority class. Kinetic never evicts for priority."),
      runtimeClassName: flag("runtimeclassname", "Container runtime. Kinetic chooses by image, not by this."),
      schedulerName: flag("schedulername", "The scheduler that places instances. Another name than default-scheduler leaves them pending."),
      securityContext: flag(
        "securitycontext",
        "User, groups and seccomp of all containers. " +
          "Of its fields runAsUser, runAsGroup, runAsNonRoot, fsGroup, supplementalGroups and seccompProfile are taken.",
      ),
      shareProcessNamespace: flag("shareprocessnamespace", "One process namespace for all containers."),
      tolerations: flag("tolerations", "Taints of nodes that instances put up with."),
      topologySpreadConstraints: flag("topologyspreadconstraints", "How instances spread over nodes. Kinetic has one."),
      volumes: "What containers can mount. secret, configMap, projected and emptyDir always; other sources by flags of config-features.",
      containerConcurrency:
        "How many requests an instance works on at once; more wait in the gateway. 0, the default: no limit. At most 1000.",
      timeoutSeconds:
        "Seconds from a request's arrival at an instance to the end of the answer. Default 300, at most 600 (config-defaults).",
      responseStartTimeoutSeconds:
        "Seconds until the first byte of the answer. Default: the one of config-defaults, if it is shorter than timeoutSeconds.",
      idleTimeoutSeconds: "Seconds during which an answer may make no progress. Default: no limit.",
    },
    RevisionContainer: {
      name: "Unique in the revision. Default: user-container (config-defaults). queue-proxy is reserved.",
      image: "Image reference. A tag is resolved to a digest when the revision is made, so all instances run the same.",
      ports:
        "Where the program listens: at most one port in the whole revision, by default 8080. " +
        "In the process driver the number differs for each instance: read PORT.",
      readinessProbe:
        "When an instance may get requests. Default: it accepts TCP connections. " +
        "periodSeconds 0 or absent probes many times a second until it succeeds.",
      livenessProbe: "When to restart the container. The port, if left out, is that of the container.",
      startupProbe: "Holds back the other probes until it succeeds. The port, if left out, is that of the container.",
      resources:
        "CPU and memory. Requests count when instances are placed; " +
        "memory limits are enforced by sampling, CPU limits are not in the process driver.",
      securityContext: "User and privileges. privileged and added capabilities are refused.",
      terminationMessagePolicy:
        "File, or FallbackToLogsOnError, which takes the end of the log when a failing container left no message. Default: the latter.",
    },
    RevisionVolume: {
      csi: flag("volumes-csi", "A volume of a CSI driver. Kinetic has none, so such an instance does not start."),
      ephemeral: flag("volumes-ephemeral", "A claim that lives as long as the instance. Not supported by Kinetic's node."),
      hostPath: flag("volumes-hostpath", "A path of the host. Not supported by Kinetic's node."),
      image: flag("volumes-image", "The files of an image. Not supported by Kinetic's node."),
      persistentVolumeClaim: flag("persistent-volume-claim", "A claim. Kinetic has no persistent volumes."),
      emptyDir: "A folder that is empty at the start and removed with the instance. Can be turned off by config-features.",
    },
    RevisionStatus: {
      actualReplicas: "Instances that are ready.",
      desiredReplicas: "Instances that the autoscaler wants.",
      containerStatuses: "The exact image of each container.",
      initContainerStatuses: "The exact image of each init container.",
      logUrl: "Where logs can be read, from the template in config-observability. Empty when there is none.",
    },
    ContainerImage: {
      imageDigest: "Image reference with the digest to which its tag led when the revision was made.",
      name: "Name of the container.",
    },
    Route: {
      spec: "How requests to one host are shared among revisions.",
      status: "The addresses, and the shares as they are in force.",
    },
    RouteSpec: { traffic: "Shares of requests; their percents add up to 100." },
    RouteStatus: {
      address: "Address for clients of the same platform.",
      traffic: "The shares in force, each with the revision it means and its own URL.",
      url: "Public address, with the gateway's port. Only http.",
    },
    TrafficTarget: {
      configurationName: "Send to the latest ready revision of this Configuration. Only in a Route of its own, not in a Service.",
      latestRevision:
        "Whether the target follows the newest ready revision. Default: " +
        "true when no revision is named. In a Service it must agree with revisionName.",
      percent: "Share in percent, 0 to 100. Default 0, e.g. for a revision that only its tag reaches.",
      revisionName: "Send to exactly this revision.",
      tag: "Also reach the target at a host of its own: the tag and a dash before the name, e.g. beta-hello. Unique in the list.",
      url: "Host of the tag. Set by the controller only.",
    },
    Address: {
      CACerts: "PEM certificates of the authority that signed the server's. Not used: addresses are http.",
      audience: "Audience that a caller's token must have. Not used here.",
      name: "Name of the address, when there are several.",
      url: "The address.",
    },
    Status: {
      annotations: "Notes of the controller.",
      conditions: "State by aspect. Ready sums up the others.",
      observedGeneration:
        "The metadata.generation that the status is about. Lower than the object's: the controller has not seen the change yet.",
    },
    Condition: {
      type: "Name of the aspect, e.g. Ready.",
      status: "True, False, or Unknown while it is being worked on.",
      severity: "Empty: counts for Ready. Info or Warning: only to be known.",
      lastTransitionTime: "When `status` last changed.",
      reason: "Why, as one CamelCase word for programs.",
      message: "Why, and what to do, as a sentence.",
    },
  },
  bases: {
    ServiceSpec: "RouteSpec",
    ServiceStatus: "RouteStatus",
    RouteStatus: "Status",
    ConfigurationStatus: "Status",
    RevisionStatus: "Status",
    RevisionSpec: `${CORE}PodSpec`,
    RevisionContainer: `${CORE}Container`,
    RevisionVolume: `${CORE}Volume`,
    RevisionTemplateMetadata: "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
  },
  members: {
    "Service.spec": "ServiceSpec",
    "Service.status": "ServiceStatus",
    "ServiceSpec.template": "RevisionTemplate",
    "Configuration.spec": "ConfigurationSpec",
    "Configuration.status": "ConfigurationStatus",
    "ConfigurationSpec.template": "RevisionTemplate",
    "RevisionTemplate.metadata": "RevisionTemplateMetadata",
    "RevisionTemplate.spec": "RevisionSpec",
    "Revision.spec": "RevisionSpec",
    "Revision.status": "RevisionStatus",
    "RevisionSpec.containers": "RevisionContainer",
    "RevisionSpec.initContainers": "RevisionContainer",
    "RevisionSpec.volumes": "RevisionVolume",
    "RevisionContainer.env": `${CORE}EnvVar`,
    "RevisionContainer.livenessProbe": `${CORE}Probe`,
    "RevisionContainer.readinessProbe": `${CORE}Probe`,
    "RevisionContainer.startupProbe": `${CORE}Probe`,
    "RevisionContainer.ports": `${CORE}ContainerPort`,
    "RevisionContainer.securityContext": `${CORE}SecurityContext`,
    "RevisionContainer.volumeMounts": `${CORE}VolumeMount`,
    "RevisionStatus.containerStatuses": "ContainerImage",
    "RevisionStatus.initContainerStatuses": "ContainerImage",
    "Route.spec": "RouteSpec",
    "Route.status": "RouteStatus",
    "RouteSpec.traffic": "TrafficTarget",
    "RouteStatus.address": "Address",
    "RouteStatus.traffic": "TrafficTarget",
    "Status.conditions": "Condition",
  },
};

export const domainMappingTexts: DescribedGroup = {
  prefix: "dev.knative.serving.v1beta1.",
  types: {
    DomainMapping: {
      spec: "Where the host leads, and perhaps its certificate.",
      status: "The URL, and whether requests for the host arrive.",
    },
    DomainMappingSpec: {
      ref: "What answers for the host: a Service or Route of Knative, a Service of Kubernetes with port 80, or another addressable object.",
      tls: "A certificate of your own. Without it the gateway's authority signs one.",
    },
    DomainMappingStatus: {
      address: "The same URL, for senders of events.",
      url: "Where the host is reached: https when there is a certificate to show.",
    },
    DomainMappingRef: {
      address: "Not used.",
      apiVersion: "Group and version of the object, e.g. serving.knative.dev/v1.",
      group: "Not used: say apiVersion.",
      kind: "Kind of the object, e.g. Service.",
      name: "Name of the object.",
      namespace: "Must be that of the DomainMapping, which is also the default.",
    },
    DomainMappingTls: { secretName: "Secret of type kubernetes.io/tls in the same namespace." },
  },
  bases: { DomainMappingStatus: "dev.knative.serving.v1.Status" },
  members: {
    "DomainMapping.spec": "DomainMappingSpec",
    "DomainMapping.status": "DomainMappingStatus",
    "DomainMappingSpec.ref": "DomainMappingRef",
    "DomainMappingSpec.tls": "DomainMappingTls",
    "DomainMappingStatus.address": "dev.knative.serving.v1.Address",
  },
};

/** Members that core types have in place when they are written inside a revision. */
export const revisionMemberTexts: DescribedGroup = {
  prefix: CORE,
  types: {},
  members: {
    "EnvVar.valueFrom": "EnvVarSource",
    "Probe.exec": "ExecAction",
    "Probe.grpc": "GRPCAction",
    "Probe.httpGet": "HTTPGetAction",
    "Probe.tcpSocket": "TCPSocketAction",
    "HTTPGetAction.httpHeaders": "HTTPHeader",
    "SecurityContext.capabilities": "Capabilities",
    "SecurityContext.seccompProfile": "SeccompProfile",
  },
};
