/** File systems whose data are on another machine: locks and syncs do not hold on them as on a disk. Linux only. */

/** `f_type` of statfs(2), from linux/magic.h and the out-of-tree clients' own headers. */
const BY_MAGIC: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x01021997, "9P"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x00c36400, "Ceph"],
  [0x73757245, "Coda"],
  [0x564c, "NCP"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x19830326, "BeeGFS"],
  [0x20030528, "OrangeFS"],
  [0xaad7aaea, "PanFS"],
  [0xbeefdead, "StorNext"],
  [0x786f4256, "a VirtualBox shared folder"],
  [0xbacbacbc, "a VMware shared folder"],
  [0x7c7c6673, "a Parallels shared folder"],
]);

const FUSE_MAGIC = 0x65735546;

/** FUSE says nothing by its number: the type of the mount does. Others in user space are local, e.g. NTFS. */
const BY_FUSE_TYPE: ReadonlyMap<string, string> = new Map([
  ["virtiofs", "a shared folder of the host"],
  ...["sshfs", "s3fs", "glusterfs", "rclone", "gcsfuse", "blobfuse", "blobfuse2", "davfs", "ceph", "cephfs", "curlftpfs", "smbnetfs"].map(
    (name) => [`fuse.${name}`, name] as const,
  ),
  ...["juicefs", "JuiceFS", "mfs", "moosefs", "seaweedfs", "goofys", "mountpoint-s3", "gvfsd-fuse", "grpcfuse", "afp"].map(
    (name) => [`fuse.${name}`, name] as const,
  ),
]);

/**
 * The name of the network file system, or undefined for a local one.
 * @param magic `f_type` of statfs(2), of either sign
 * @param mountInfo text of `/proc/self/mountinfo`, asked for only if the number does not tell
 */
export function networkFilesystem(magic: number, path: string, mountInfo: () => string): string | undefined {
  const unsigned = magic >>> 0;
  if (unsigned !== FUSE_MAGIC) return BY_MAGIC.get(unsigned);
  return BY_FUSE_TYPE.get(mountType(mountInfo(), path) ?? "");
}

/** Type of the mount that holds an absolute path without links: the deepest, and of these the latest. */
export function mountType(mountInfo: string, path: string): string | undefined {
  let found: { readonly depth: number; readonly type: string } | undefined;
  for (const line of mountInfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const point = unescape(before.split(" ")[4] ?? "");
    const holds = point === "/" || path === point || (point !== "" && path.startsWith(`${point}/`));
    if (holds && point.length >= (found?.depth ?? 0)) found = { depth: point.length, type: after.split(" ")[0] ?? "" };
  }
  return found?.type;
}

/** The kernel writes space, tab, newline and backslash as three octal digits. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
