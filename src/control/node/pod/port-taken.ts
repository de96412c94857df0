const TAKEN = /EADDRINUSE|address already in use/i;
const PORT = /(?::|, )(\d{2,5})\b/g;

/**
 * Why a program that ran as a process could not listen, by its last words; undefined when they say nothing of the kind. Processes
 * share the machine's ports: two Pods whose programs choose the same one collide, unless they listen on the port they are given.
 */
export function portTaken(lastWords: string | undefined, hasPorts: boolean): string | undefined {
  const line = lastWords?.split("\n").find((one) => TAKEN.test(one));
  if (line === undefined) return undefined;
  const port = [...line.matchAll(PORT)].at(-1)?.[1]; // a time of day may come before
  const what = port === undefined ? "the program's port" : port;
  const first = hasPorts ? "" : "name a containerPort in the Pod and ";
  const why = `${what} is in use, and a process shares the ports of this machine`;
  return `PortTaken: ${why}; ${first}let the program listen on the port in $PORT`;
}
