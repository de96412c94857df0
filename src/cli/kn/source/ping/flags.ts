import type { Option } from "commander";
import type { PingSource } from "../../../../api/sources/ping-source.ts";
import { UserError } from "../../../shared/io.ts";
import { overrideOption, type OverrideFlags } from "../../eventing/pairs.ts";
import { sinkOption } from "../../eventing/sink.ts";
import { text } from "../../flags.ts";
import type { SourceWords } from "../group.ts";

export const PING: SourceWords = { group: "ping", title: "Ping source" };

export interface PingFlags extends OverrideFlags {
  readonly schedule?: string;
  readonly data?: string;
  readonly encoding?: string;
  readonly sink?: string;
}

export function pingOptions(): Option[] {
  return [
    text(
      "--schedule <string>",
      "Optional schedule specification in crontab format (e.g. '*/2 * * * *' for every two minutes). By default fire every minute.",
    ),
    text("-d, --data <string>", "Json data to send"),
    text("-e, --encoding <string>", "Data encoding format. One of: text | base64. By default it is detected."),
    overrideOption(),
    sinkOption(),
  ];
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The data in the field of its encoding. Throws UserError. */
export function dataOf({ data, encoding }: PingFlags): Pick<PingSource["spec"], "data" | "dataBase64"> {
  if (encoding !== undefined && encoding !== "text" && encoding !== "base64") {
    throw new UserError(`invalid value: ${encoding}: supported encoding types are 'text' and 'base64'`);
  }
  if (data === undefined || data === "") return {};
  return encoding === "base64" || (encoding === undefined && BASE64.test(data)) ? { dataBase64: data } : { data };
}
