import { Option } from "commander";
import { many, text } from "./flags.ts";

/** Flags that every command takes, anywhere on the command line. */
export function globalOptions(): Option[] {
  return [
    text("--as <string>", "username to impersonate for the operation"),
    many("--as-group <stringArray>", "group to impersonate for the operation, this flag can be repeated to specify multiple groups"),
    text("--as-uid <string>", "uid to impersonate for the operation"),
    text("--cluster <string>", "name of the kubeconfig cluster to use"),
    text("--config <string>", "kn configuration file (default: ~/.config/kn/config.yaml)"),
    text("--context <string>", "name of the kubeconfig context to use"),
    text("--kubeconfig <string>", "kubectl configuration file (default: ~/.kube/config)"),
    new Option("--log-http", "log http traffic"),
    new Option("--no-log-http", "do not log http traffic").hideHelp(),
    text("--plugins-dir <string>", "Directory holding kn plugins").hideHelp(),
  ];
}

const names = new Set(globalOptions().map((option) => option.long));

export function isGlobal(option: Option): boolean {
  return names.has(option.long);
}
