import { removeTranslation } from "./firewall.ts";
import { closeForwarding } from "./forwarding.ts";
import { existingNames, ipBatch } from "./system.ts";

/** Removes every namespace, interface and rule of a name. Harmless when nothing is there. */
export async function sweepNetworks(name: string): Promise<void> {
  const { links, namespaces } = await existingNames();
  const own = namespaces.filter((namespace) => namespace.startsWith(`${name}-`));
  const commands = own.map((namespace) => `netns del ${namespace}`);
  await ipBatch(commands, { force: true }).catch(() => {});
  const left = links.filter((link) => link === name || link.startsWith(`${name}v`));
  for (const link of left) await ipBatch([`link del ${link}`]).catch(() => {}); // pairs go together
  await removeTranslation({ name });
  await removeTranslation({ name: `${name}s` });
  await closeForwarding();
}
