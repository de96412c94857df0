import type { Container } from "../../../api/k8s/types.generated.ts";
import type { ContainerExit } from "../drivers/contract.ts";
import { tailText } from "../logs/log-reader.ts";

const MAX_BYTES = 2048;
const MAX_LINES = 80;

/** The termination message: with `FallbackToLogsOnError` the end of the log of a run that failed. */
export async function endMessage(container: Container, { exitCode }: ContainerExit, logPath: string): Promise<string | undefined> {
  if (exitCode === 0 || container.terminationMessagePolicy !== "FallbackToLogsOnError") return undefined;
  const text = await tailText(logPath, MAX_LINES);
  return text === "" ? undefined : text.slice(-MAX_BYTES);
}
