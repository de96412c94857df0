import type { DescribedGroup } from "./describe.ts";

const immutable = "Whether the data may never change again. Only the metadata can then be changed, and this cannot be taken back.";
const amounts = "Keys are cpu, memory, pods.";

export const coreTexts: DescribedGroup = {
  prefix: "io.k8s.api.core.v1.",
  types: {
    ConfigMap: {
      "": "Settings by key, at most 1 MiB.",
      immutable,
      data: "Texts by key. Keys consist of letters, digits, dashes, underscores and dots.",
      binaryData: "Other bytes by key, in base64. No key of data may occur again.",
    },
    Secret: {
      "": "Secrets by key, at most 1 MiB. Kinetic stores them like other objects: whoever can read the data directory can read them.",
      immutable,
      data: "Bytes by key, in base64.",
      stringData: "Texts by key, only for writing: each becomes an entry of data.",
      type:
        "What is in it: Opaque (default), kubernetes.io/tls, kubernetes.io/dockerconfigjson " +
        "and others, some of which demand certain keys. Fixed.",
    },
    Namespace: {
      "": "A space for names. Deleting it deletes what is in it.",
      spec: "Who has to clear up at the end.",
      status: "Whether it is in use or ending.",
    },
    NamespaceSpec: { "": "The end of a namespace.", finalizers: "Who has to clear up before it goes: kubernetes." },
    NamespaceStatus: {
      "": "State of a namespace.",
      phase: "Active or Terminating; nothing can be created in the latter.",
      conditions: "What is left to delete, and what hinders.",
    },
    ServiceAccount: {
      "": "An identity for programs: system:serviceaccount:NAMESPACE:NAME. Each namespace has one named default.",
      secrets: "Secrets that belong to it. Tokens are not among them: they are projected into Pods.",
      imagePullSecrets: "Secrets with registry credentials for its Pods.",
      automountServiceAccountToken: "Whether its Pods find a token unless they say otherwise. Default true.",
    },
    Node: {
      "": "A machine that runs Pods. Kinetic has one, named kinetic.",
      spec: "Whether it takes Pods.",
      status: "What it has, and how it is.",
    },
    NodeSpec: {
      "": "How a node may be used.",
      podCIDR: "Network of its Pods. Empty.",
      podCIDRs: "Networks of its Pods. Empty.",
      providerID: "Identity of the machine at a cloud. Empty.",
      unschedulable: "Whether it takes no new Pods, as after `kubectl cordon`.",
      taints: "What keeps Pods off.",
      configSource: "No longer used.",
      externalID: "No longer used.",
    },
    NodeStatus: {
      "": "State of a node, renewed every 5 minutes; its Lease every 10 seconds.",
      capacity: `What it has. ${amounts}`,
      allocatable: `What Pods may reserve: in Kinetic all of it. ${amounts}`,
      phase: "No longer used.",
      conditions: "Ready, MemoryPressure, DiskPressure, PIDPressure. Kinetic does not measure the pressures.",
      addresses: "How it is reached.",
      daemonEndpoints: "Ports of the node agent. None: it is in the same process as the API server.",
      nodeInfo: "Versions of its software.",
      images: "Images that it holds. Not reported.",
      volumesInUse: "Attached volumes in use. None.",
      volumesAttached: "Attached volumes. None.",
      config: "No longer used.",
      runtimeHandlers: "Container runtimes. Not reported.",
      features: "Abilities of its runtime. Not reported.",
    },
    NodeAddress: {
      "": "An address of a node.",
      type: "InternalIP, ExternalIP, Hostname, InternalDNS or ExternalDNS.",
      address: "The address.",
    },
    NodeSystemInfo: {
      "": "Versions of a node's software.",
      machineID: "Identity of the installation. Left empty.",
      systemUUID: "Identity of the machine. Left empty.",
      bootID: "Identity of the boot. Left empty.",
      kernelVersion: "Release of the kernel.",
      osImage: "Host name and machine type.",
      containerRuntimeVersion: "The drivers with the platform's version, e.g. kinetic-process://0.1.0.",
      kubeletVersion: "Version of the platform.",
      kubeProxyVersion: "Empty: there is none.",
      operatingSystem: "linux or darwin.",
      architecture: "amd64 or arm64.",
      swap: "Swap space. Not reported.",
    },
    NodeSwapStatus: { "": "Swap space of a node.", capacity: "Its size in bytes." },
    NodeDaemonEndpoints: { "": "Ports of a node's services.", kubeletEndpoint: "Port of the node agent." },
    DaemonEndpoint: { "": "A port.", Port: "Its number." },
    ContainerImage: { "": "An image on a node.", names: "Names by which it is known.", sizeBytes: "Its size in bytes." },
    AttachedVolume: { "": "A volume attached to a node.", name: "Its name.", devicePath: "Path of the device." },
    NodeConfigStatus: {
      "": "Configuration of a node agent. No longer used.",
      assigned: "The one to use.",
      active: "The one in use.",
      lastKnownGood: "The one to fall back to.",
      error: "What is wrong with the assigned one.",
    },
    NodeConfigSource: { "": "Where a node agent's configuration is. No longer used.", configMap: "In a ConfigMap." },
    ConfigMapNodeConfigSource: {
      "": "A ConfigMap with a node agent's configuration. No longer used.",
      namespace: "Its namespace.",
      name: "Its name.",
      uid: "Its uid.",
      resourceVersion: "Its resourceVersion.",
      kubeletConfigKey: "The key with the configuration.",
    },
    NodeRuntimeHandler: { "": "A container runtime of a node.", name: "Its name; empty for the default.", features: "What it can do." },
    NodeRuntimeHandlerFeatures: {
      "": "Abilities of a container runtime.",
      recursiveReadOnlyMounts: "Read-only mounts with everything below.",
      userNamespaces: "User namespaces.",
    },
    NodeFeatures: { "": "Abilities of a node.", supplementalGroupsPolicy: "Obeys supplementalGroupsPolicy of Pods." },
    Event: {
      "": "Something that happened to an object, for people. Repetitions are counted in one event.",
      involvedObject: "What it happened to.",
      reason: "What happened, as one CamelCase word.",
      message: "What happened, as a sentence.",
      source: "Who reports it. Older form of reportingComponent.",
      firstTimestamp: "When it happened first.",
      lastTimestamp: "When it happened last.",
      count: "How often it has happened.",
      type: "Normal or Warning.",
      eventTime: "When it happened first, in the newer form of the API.",
      series: "Repetitions, in the newer form of the API.",
      action: "What was done about it.",
      related: "A second object that it is about.",
      reportingComponent: "Who reports it, e.g. kubelet.",
      reportingInstance: "Which instance of it.",
    },
    EventSource: { "": "Who reports an event.", component: "The component.", host: "The node that it runs on." },
    EventSeries: { "": "Repetitions of an event.", count: "How often so far.", lastObservedTime: "When it happened last." },
  },
};

export const scalarTexts: DescribedGroup = {
  prefix: "io.k8s.apimachinery.pkg.",
  types: {
    "api.resource.Quantity": {
      "":
        "An amount as text or number, with a suffix: m for thousandths; " +
        "k, M, G, T, P, E by thousands; Ki, Mi, Gi, Ti, Pi, Ei by 1024; or an exponent such as 1e3.",
    },
    "util.intstr.IntOrString": { "": "A whole number or a text, e.g. 8080 or http, 2 or 25%." },
  },
};
