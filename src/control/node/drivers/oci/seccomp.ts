/** The part of the runtime specification that filters system calls. */
export interface SeccompProfile {
  readonly defaultAction: string;
  readonly architectures: readonly string[];
  readonly syscalls: readonly SyscallRule[];
}

interface SyscallRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly { readonly index: number; readonly value: number; readonly valueTwo?: number; readonly op: string }[];
}

const EPERM = 1;
const ENOSYS = 38;

/** Calls that reach past the container, by what they reach. All of them need rights that a container lacks, or should. */
const DENIED: Readonly<Record<string, readonly string[]>> = {
  "kernel code": ["init_module", "finit_module", "delete_module", "create_module", "query_module", "get_kernel_syms", "bpf"],
  "another kernel": ["kexec_load", "kexec_file_load", "reboot"],
  "mounts and namespaces": [
    ...["mount", "umount", "umount2", "pivot_root", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick"],
    ...["mount_setattr", "setns", "unshare", "quotactl", "quotactl_fd", "sysfs", "_sysctl", "uselib", "ustat", "nfsservctl"],
  ],
  "files by handle, past their folders": ["open_by_handle_at", "name_to_handle_at", "lookup_dcookie"],
  "keys, which have no namespace": ["add_key", "request_key", "keyctl"],
  "time of the machine": ["settimeofday", "clock_settime", "clock_settime64", "clock_adjtime", "clock_adjtime64", "adjtimex", "stime"],
  "other programs' memory and counters": ["process_vm_readv", "process_vm_writev", "kcmp", "perf_event_open", "userfaultfd", "move_pages"],
  "the machine": ["swapon", "swapoff", "acct", "iopl", "ioperm", "vm86", "vm86old", "vhangup", "syslog"],
  "a second way to make calls": ["io_uring_setup", "io_uring_enter", "io_uring_register"],
};

const NEW_NAMESPACES = 0x7e020000; // CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}
const MASK = "SCMP_CMP_MASKED_EQ";

const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  x64: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  arm64: ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
};

/**
 * Allows what programs need and denies what could leave the container. A list of what is denied rather than allowed: it is
 * short, compiles fast, and new harmless calls work. Defence in depth: capabilities and namespaces deny most of it as well.
 */
export function defaultSeccomp(machine: string): SeccompProfile {
  return {
    defaultAction: "SCMP_ACT_ALLOW",
    architectures: ARCHITECTURES[machine] ?? [],
    syscalls: [
      { names: Object.values(DENIED).flat(), action: "SCMP_ACT_ERRNO", errnoRet: EPERM },
      ...namespaceBits().map((bit) => ({
        names: ["clone"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: EPERM,
        args: [{ index: 0, value: bit, valueTwo: bit, op: MASK }],
      })),
      // Its flags are in memory, where a filter cannot look; libraries fall back to clone.
      { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS },
    ],
  };
}

function namespaceBits(): readonly number[] {
  return Array.from({ length: 31 }, (_, index) => 2 ** index).filter((bit) => (NEW_NAMESPACES & bit) !== 0);
}
