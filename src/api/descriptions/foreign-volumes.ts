import type { DescribedGroup } from "./describe.ts";

const readOnly = "Whether the volume is read-only.";
const fsType = "File system of the disk, e.g. ext4.";
const secretRef = "Secret with credentials.";
const user = "User name at the server.";
const partition = "Number of the partition; 0: the whole disk.";

const unsupported = (what: string) => `${what}. Kept as written; a Pod that uses it does not start here (VolumeUnsupported).`;

/** Volumes of storage systems: valid in a manifest, and never mounted by Kinetic. */
export const foreignVolumeTexts: DescribedGroup = {
  prefix: "io.k8s.api.core.v1.",
  types: {
    AWSElasticBlockStoreVolumeSource: { "": unsupported("An EBS disk"), volumeID: "Identity of the disk.", fsType, partition, readOnly },
    AzureDiskVolumeSource: {
      "": unsupported("An Azure disk"),
      diskName: "Name of the disk.",
      diskURI: "URI of the disk.",
      cachingMode: "None, ReadOnly or ReadWrite.",
      fsType,
      readOnly,
      kind: "Shared, Dedicated or Managed.",
    },
    AzureFileVolumeSource: {
      "": unsupported("An Azure file share"),
      secretName: "Secret with account name and key.",
      shareName: "Name of the share.",
      readOnly,
    },
    CephFSVolumeSource: {
      "": unsupported("A folder of CephFS"),
      monitors: "Addresses of the monitors.",
      path: "Folder to mount. Default /.",
      user,
      secretFile: "File of the host with the key.",
      secretRef,
      readOnly,
    },
    CinderVolumeSource: { "": unsupported("A Cinder disk"), volumeID: "Identity of the disk.", fsType, readOnly, secretRef },
    FCVolumeSource: {
      "": unsupported("A Fibre Channel disk"),
      targetWWNs: "World wide names of the targets.",
      lun: "Number of the unit.",
      fsType,
      readOnly,
      wwids: "World wide identifiers, instead of targets and unit.",
    },
    FlexVolumeSource: {
      "": unsupported("A volume of a FlexVolume plug-in"),
      driver: "Name of the plug-in.",
      fsType,
      secretRef,
      readOnly,
      options: "Settings of the plug-in.",
    },
    FlockerVolumeSource: {
      "": unsupported("A Flocker data set"),
      datasetName: "Name of the data set.",
      datasetUUID: "Identity of the data set.",
    },
    GCEPersistentDiskVolumeSource: {
      "": unsupported("A Google persistent disk"),
      pdName: "Name of the disk.",
      fsType,
      partition,
      readOnly,
    },
    GitRepoVolumeSource: {
      "": unsupported("A clone of a Git repository"),
      repository: "URL of the repository.",
      revision: "Commit to check out.",
      directory: "Folder of the clone in the volume, without `..`.",
    },
    GlusterfsVolumeSource: {
      "": unsupported("A Gluster volume"),
      endpoints: "Endpoints object with the servers.",
      path: "Name of the volume.",
      readOnly,
    },
    ISCSIVolumeSource: {
      "": unsupported("An iSCSI disk"),
      targetPortal: "Address of the portal, with port if it is not 3260.",
      iqn: "Qualified name of the target.",
      lun: "Number of the unit.",
      iscsiInterface: "Name of the interface. Default: default (tcp).",
      fsType,
      readOnly,
      portals: "Further portals.",
      chapAuthDiscovery: "Whether discovery uses CHAP.",
      chapAuthSession: "Whether sessions use CHAP.",
      secretRef,
      initiatorName: "Name of the initiator, if it is not the host's.",
    },
    NFSVolumeSource: {
      "": unsupported("An NFS share"),
      server: "Host name or address of the server.",
      path: "Exported path.",
      readOnly,
    },
    PhotonPersistentDiskVolumeSource: { "": unsupported("A Photon disk"), pdID: "Identity of the disk.", fsType },
    PortworxVolumeSource: { "": unsupported("A Portworx volume"), volumeID: "Identity of the volume.", fsType, readOnly },
    QuobyteVolumeSource: {
      "": unsupported("A Quobyte volume"),
      registry: "Addresses of the registry, with commas between them.",
      volume: "Name of the volume.",
      readOnly,
      user,
      group: "Group to act as.",
      tenant: "Owner of the volume.",
    },
    RBDVolumeSource: {
      "": unsupported("A Ceph block device"),
      monitors: "Addresses of the monitors.",
      image: "Name of the image.",
      fsType,
      pool: "Pool of the image. Default rbd.",
      user,
      keyring: "File of the host with the key ring.",
      secretRef,
      readOnly,
    },
    ScaleIOVolumeSource: {
      "": unsupported("A ScaleIO volume"),
      gateway: "Address of the API gateway.",
      system: "Name of the storage system.",
      secretRef,
      sslEnabled: "Whether the gateway is called with TLS.",
      protectionDomain: "Name of the protection domain.",
      storagePool: "Pool of the volume.",
      storageMode: "ThickProvisioned or ThinProvisioned.",
      volumeName: "Name of the volume.",
      fsType,
      readOnly,
    },
    StorageOSVolumeSource: {
      "": unsupported("A StorageOS volume"),
      volumeName: "Name of the volume.",
      volumeNamespace: "Namespace of the volume in StorageOS.",
      fsType,
      readOnly,
      secretRef,
    },
    VsphereVirtualDiskVolumeSource: {
      "": unsupported("A vSphere disk"),
      volumePath: "Path of the disk.",
      fsType,
      storagePolicyName: "Name of the storage policy.",
      storagePolicyID: "Identity of the storage policy.",
    },
  },
};
