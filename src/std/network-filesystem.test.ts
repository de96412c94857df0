import assert from "node:assert/strict";
import { test } from "node:test";
import { mountType, networkFilesystem } from "./network-filesystem.ts";

const never = () => assert.fail("the number tells");

test("network file systems are known by their number, local ones are not", () => {
  const names = new Map<number, string | undefined>([
    [0x6969, "NFS"],
    [0xfe534d42, "SMB"],
    [0xfe534d42 | 0, "SMB"], // as a signed number
    [0x01021997, "9P"],
    [0x00c36400, "Ceph"],
    [0x0bd00bd0, "Lustre"],
    [0x786f4256, "a VirtualBox shared folder"],
    [0xef53, undefined], // ext4
    [0x9123683e, undefined], // btrfs
    [0x58465342, undefined], // XFS
    [0x2fc12fc1, undefined], // ZFS
    [0x01021994, undefined], // tmpfs
    [0x794c7630, undefined], // overlay
  ]);
  for (const [magic, name] of names) assert.equal(networkFilesystem(magic, "/data", never), name, magic.toString(16));
});

const MOUNTS = String.raw`27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:40 / /home/me/far rw,nosuid,nodev,relatime shared:1 - fuse.sshfs me@far:/ rw,user_id=1000
31 27 8:17 / /mnt/usb\040stick rw,relatime - fuseblk /dev/sdb1 rw,user_id=0
32 27 0:41 / /shared rw,relatime - ext4 /dev/vdb rw
33 27 0:42 / /shared rw,relatime - virtiofs share rw
`;

test("the type of a mount is that of the deepest and latest one that holds the path", () => {
  assert.equal(mountType(MOUNTS, "/"), "ext4");
  assert.equal(mountType(MOUNTS, "/home/me/farther"), "ext4");
  assert.equal(mountType(MOUNTS, "/home/me/far/data"), "fuse.sshfs");
  assert.equal(mountType(MOUNTS, "/mnt/usb stick/data"), "fuseblk");
  assert.equal(mountType(MOUNTS, "/shared"), "virtiofs");
  assert.equal(mountType("", "/shared"), undefined);
});

test("a file system in user space is a network one by the type of its mount", () => {
  const fuse = 0x65735546;
  const name = (path: string) => networkFilesystem(fuse, path, () => MOUNTS);
  assert.equal(name("/home/me/far/data"), "sshfs");
  assert.equal(name("/shared/data"), "a shared folder of the host");
  assert.equal(name("/mnt/usb stick/data"), undefined);
});
