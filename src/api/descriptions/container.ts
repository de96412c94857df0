import type { DescribedGroup } from "./describe.ts";

export const containerTexts: DescribedGroup = {
  prefix: "io.k8s.api.core.v1.",
  types: {
    Container: {
      "": "One program of a Pod.",
      name: "Unique in the Pod; a DNS label.",
      image:
        "Image reference. The process driver runs images built by Kinetic and static binaries for this machine; " +
        "other images fail with DriverUnsupported.",
      command:
        "Program and first arguments, in place of the image's entry point. " +
        "$(NAME) becomes the value of a variable; $$(NAME) stays $(NAME).",
      args: "Arguments, in place of the image's. $(NAME) as in command.",
      workingDir: "Folder to start in. Default: the image's.",
      ports:
        "Ports that the program listens on. In the process driver each gets a free port of the host; " +
        "PORT has the number, and a program that ignores it is told ListensOnOtherPort.",
      envFrom: "ConfigMaps and Secrets whose keys become variables. Later entries win, and `env` wins over all of them.",
      env: "Environment variables.",
      resources: "CPU and memory to reserve and to allow.",
      resizePolicy: "What a change of resources in place would do. Kinetic has no such change.",
      restartPolicy:
        "Always on an init container makes it a sidecar: " +
        "it starts before the others and goes on beside them. Elsewhere the Pod's policy holds.",
      restartPolicyRules: "Restarts by exit code. Kept; Kinetic restarts by the Pod's policy alone.",
      volumeMounts: "Volumes, and where the program finds them.",
      volumeDevices: "Raw block devices. Kinetic has none.",
      livenessProbe: "Restarts the container when it fails. Default: none.",
      readinessProbe: "Takes the Pod out of its Services while it fails. Default: none, always ready.",
      startupProbe: "Until it succeeds the other probes wait; if it fails the container is restarted. Default: none.",
      lifecycle: "What is called right after the start and before the stop.",
      terminationMessagePath:
        "File whose content becomes the message of the ended container, at most 4096 bytes. Default: /dev/termination-log.",
      terminationMessagePolicy:
        "File (default), or FallbackToLogsOnError: when a failed container left nothing in the file, the end of its log is taken.",
      imagePullPolicy: "Always, IfNotPresent or Never. Default: Always for the tag latest or none, else IfNotPresent.",
      securityContext: "User, privileges and filters.",
      stdin: "Whether standard input stays open for those who attach. Without it a read finds the end at once.",
      stdinOnce: "Whether standard input closes after the first attach.",
      tty: "Whether the program gets a terminal. Not supported.",
    },
    EphemeralContainer: {
      "": "A container added to a running Pod. Kinetic runs none.",
      targetContainerName: "Container whose processes it shall see.",
    },
    ContainerPort: {
      "": "A port of a container.",
      name: "By which Services and probes can refer to it; at most 15 characters. In a revision http1 or h2c says what is spoken.",
      hostPort: "Port of the host that leads here. Without effect in the process driver.",
      containerPort: "Port number, 1 to 65535. What the program listens on in a container; the process driver translates it.",
      protocol: "TCP (default), UDP or SCTP.",
      hostIP: "Address of the host for hostPort.",
    },
    EnvVar: {
      "": "An environment variable.",
      name: "Name of the variable.",
      value: "Its text. $(NAME) becomes the value of an earlier variable. Default: empty.",
      valueFrom: "Where the value comes from. Not together with `value`.",
    },
    EnvVarSource: {
      "": "One source of a value.",
      fieldRef:
        "A field of the Pod: name, namespace, uid, labels, annotations, nodeName, serviceAccountName, podIP(s) or hostIP(s). " +
        "In a revision behind a flag.",
      resourceFieldRef: "A request or limit of a container. In a revision behind a flag.",
      configMapKeyRef: "A key of a ConfigMap in the same namespace.",
      secretKeyRef: "A key of a Secret in the same namespace.",
      fileKeyRef: "A key of an env file in a volume. Not supported by Kinetic.",
    },
    EnvFromSource: {
      "": "All keys of one ConfigMap or Secret as variables.",
      prefix: "Text before each key.",
      configMapRef: "The ConfigMap.",
      secretRef: "The Secret.",
    },
    ConfigMapEnvSource: {
      "": "A ConfigMap in the same namespace.",
      name: "Its name.",
      optional: "Whether the container may start without it. Default false: it waits with CreateContainerConfigError.",
    },
    SecretEnvSource: {
      "": "A Secret in the same namespace.",
      name: "Its name.",
      optional: "Whether the container may start without it. Default false: it waits with CreateContainerConfigError.",
    },
    ConfigMapKeySelector: {
      "": "A key of a ConfigMap.",
      name: "Name of the ConfigMap.",
      key: "The key.",
      optional: "Whether ConfigMap and key may be missing. Default false: the container waits.",
    },
    SecretKeySelector: {
      "": "A key of a Secret.",
      name: "Name of the Secret.",
      key: "The key.",
      optional: "Whether Secret and key may be missing. Default false: the container waits.",
    },
    FileKeySelector: {
      "": "A key of an env file in a volume. Not supported by Kinetic.",
      volumeName: "Name of the volume.",
      path: "Path of the file in the volume.",
      key: "The key in the file.",
      optional: "Whether file and key may be missing.",
    },
    ObjectFieldSelector: {
      "": "A field of the Pod.",
      apiVersion: "Version in which the path is meant. Default v1.",
      fieldPath: "Path, e.g. metadata.name or metadata.labels['app'].",
    },
    ResourceFieldSelector: {
      "": "A request or limit of a container, as a whole number.",
      containerName: "Name of the container. For variables: default the container itself. For files: required.",
      resource: "limits or requests, a dot, and cpu or memory, e.g. limits.cpu. A missing limit is what the node has.",
      divisor: "Unit of the number, e.g. 1m or 1Mi; the result is rounded up. Default 1.",
    },
    ResourceRequirements: {
      "": "What a container reserves and what it may use at most.",
      limits:
        "At most this. Memory is measured now and then, and a container above its limit ends as OOMKilled; " +
        "CPU is not limited by the process driver.",
      requests: "Reserved when the Pod is placed. Default: the limits, else nothing.",
      claims: "Devices from the Pod's resourceClaims. Kinetic allocates none.",
    },
    ResourceClaim: {
      "": "Use of a device.",
      name: "Name of an entry in the Pod's resourceClaims.",
      request: "Which request of the claim; empty: all.",
    },
    ContainerResizePolicy: {
      "": "What a change of one resource does to a running container.",
      resourceName: "cpu or memory.",
      restartPolicy: "NotRequired or RestartContainer.",
    },
    ContainerRestartRule: {
      "": "A restart by the way a container ended. Kept and not obeyed.",
      action: "Restart, or RestartAllContainers.",
      exitCodes: "Exit codes for which the rule holds.",
    },
    ContainerRestartRuleOnExitCodes: {
      "": "A set of exit codes.",
      operator: "In or NotIn.",
      values: "The codes, 0 to 255.",
    },
    Lifecycle: {
      "": "Hooks around the life of a container.",
      postStart: "Called right after the start, beside the program. If it fails the container is ended.",
      preStop: "Called before SIGTERM; its time counts towards the grace period. A Pod with it is never parked.",
      stopSignal: "Signal in place of SIGTERM. Not supported by the process driver.",
    },
    LifecycleHandler: {
      "": "One thing to call.",
      exec: "Run a command.",
      httpGet: "Send an HTTP request.",
      tcpSocket: "Open a TCP connection.",
      sleep: "Wait for some seconds.",
    },
    SleepAction: { "": "A pause.", seconds: "Length of the pause in seconds." },
    Probe: {
      "": "A check that the node makes again and again. Exactly one of exec, httpGet, tcpSocket and grpc.",
      exec: "Succeeds when a command ends with 0.",
      httpGet: "Succeeds when an HTTP GET is answered with 200 to 399.",
      tcpSocket: "Succeeds when a connection can be opened.",
      grpc: "Succeeds when the gRPC health service answers SERVING.",
      initialDelaySeconds: "Seconds from the start of the container to the first check. Default 0.",
      timeoutSeconds: "Seconds after which a check has failed. Default 1.",
      periodSeconds: "Seconds between checks. Default 10; on the readiness probe of a revision 0 means many times a second.",
      successThreshold: "Successes in a row after a failure to count as good again. Default 1, and always 1 for liveness and startup.",
      failureThreshold: "Failures in a row to count as bad. Default 3.",
      terminationGracePeriodSeconds: "Grace period when this probe ends the container, in place of the Pod's. Not for readiness.",
    },
    ExecAction: {
      "": "A command run beside the program, in its folder and environment and as its user.",
      command: "Program and arguments. No shell is involved unless you name one.",
    },
    HTTPGetAction: {
      "": "An HTTP request.",
      path: "Path and query. Default /.",
      port: "Number, or name of a port of the container. The process driver looks up the real port.",
      host: "Host to connect to. Default: the Pod's address.",
      scheme: "HTTP (default) or HTTPS, whose certificate is not checked.",
      httpHeaders: "Headers to send; a name may occur more than once.",
    },
    HTTPHeader: { "": "An HTTP header.", name: "Its name.", value: "Its value." },
    TCPSocketAction: {
      "": "A TCP connection.",
      port: "Number, or name of a port of the container.",
      host: "Host to connect to. Default: the Pod's address.",
    },
    GRPCAction: {
      "": "A call of grpc.health.v1.Health/Check.",
      port: "Port number.",
      service: "Service to ask about. Default: empty, the whole server.",
    },
    VolumeMount: {
      "": "Where a container finds a volume.",
      name: "Name of the volume.",
      readOnly: "Whether it must not be written. Default false; in a revision true for all but volumes made for writing.",
      recursiveReadOnly: "Disabled, IfPossible or Enabled: whether mounts below are read-only too. Without effect in the process driver.",
      mountPath:
        "Absolute path. The process driver can show it below the program's folder, at /tmp and at the token's usual place; " +
        "elsewhere VolumeUnsupported. KINETIC_VOLUME_NAME has the real folder.",
      subPath: "Part of the volume to mount. Default: the whole.",
      mountPropagation: "None, HostToContainer or Bidirectional. Without effect in the process driver.",
      subPathExpr: "As subPath, with $(NAME) replaced by variables.",
    },
    VolumeDevice: {
      "": "A raw block device in a container. Kinetic has none.",
      name: "Name of a volume.",
      devicePath: "Path of the device.",
    },
    ContainerStatus: {
      "": "The state of one container.",
      name: "Name of the container.",
      state: "How it is now: waiting, running or terminated.",
      lastState: "How the run before the present one ended.",
      ready: "Whether its readiness probe succeeds.",
      restartCount: "How often it has been started again.",
      image: "Image that runs.",
      imageID: "The same with its digest.",
      containerID: "Identity of the present run, beginning with the driver's name.",
      started: "Whether it runs and its startup probe has succeeded.",
      allocatedResources: "Resources that the node has set aside. Not used.",
      resources: "Resources in force. Not used.",
      volumeMounts: "Mounts in force. Not used.",
      user: "Whom it runs as. Not used.",
      allocatedResourcesStatus: "Health of its devices. Not used.",
      stopSignal: "Signal by which it is stopped. Not used.",
    },
    ContainerState: {
      "": "Exactly one of three states.",
      waiting: "It does not run yet, or not again.",
      running: "It runs.",
      terminated: "It has ended.",
    },
    ContainerStateWaiting: {
      "": "Why a container does not run.",
      reason: "In one word, e.g. ContainerCreating, CrashLoopBackOff, ImagePullBackOff, DriverUnsupported.",
      message: "In a sentence, with what to do.",
    },
    ContainerStateRunning: { "": "A running container.", startedAt: "When it was started." },
    ContainerStateTerminated: {
      "": "A container that has ended.",
      exitCode: "Its exit code; 128 plus the signal when a signal ended it.",
      signal: "The signal that ended it.",
      reason: "Completed, Error, OOMKilled or another word.",
      message: "What it left in its termination message, or the end of its log.",
      startedAt: "When it was started.",
      finishedAt: "When it ended.",
      containerID: "Identity of the run.",
    },
    ContainerUser: { "": "Whom a container runs as. Not used.", linux: "On Linux." },
    LinuxContainerUser: {
      "": "Whom the first process runs as.",
      uid: "User.",
      gid: "Group.",
      supplementalGroups: "Further groups.",
    },
    ResourceStatus: {
      "": "Health of one resource of a container. Not used.",
      name: "Name of the resource.",
      resources: "Health of each unit.",
    },
    ResourceHealth: {
      "": "Health of one device.",
      resourceID: "Identity of the device.",
      health: "Healthy, Unhealthy or Unknown.",
    },
    VolumeMountStatus: {
      "": "A mount in force.",
      name: "Name of the volume.",
      mountPath: "Where it is.",
      readOnly: "Whether it is read-only.",
      recursiveReadOnly: "Disabled, IfPossible or Enabled: whether mounts below are read-only too.",
    },
  },
  bases: { EphemeralContainer: "Container" },
};
