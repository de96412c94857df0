import type { ProgramFile } from "../contract.ts";

const PASSWD = [
  "root:x:0:0:root:/root:/sbin/nologin",
  "func:x:1000:1000:func:/func:/sbin/nologin",
  "nobody:x:65534:65534:nobody:/:/sbin/nologin",
];
const GROUP = ["root:x:0:", "func:x:1000:", "nobody:x:65534:"];
const NAMES = ["passwd: files", "group: files", "hosts: files dns"];

/** What programs expect of every system, for images on nothing: accounts, how names are looked up, a folder for temporary files. */
export const SYSTEM_FILES: readonly ProgramFile[] = [
  text("etc/passwd", PASSWD),
  text("etc/group", GROUP),
  text("etc/nsswitch.conf", NAMES),
  { path: "tmp", mode: 0o1777, content: { folder: true } },
];

function text(path: string, lines: readonly string[]): ProgramFile {
  return { path, content: { bytes: Buffer.from(`${lines.join("\n")}\n`) } };
}
