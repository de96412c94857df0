const HOST = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?$/;
const IPV6_HOST = /^\[[a-fA-F0-9:]+\](?::[0-9]+)?$/;
const REPOSITORY = /^[a-z0-9_./-]{1,255}$/;
const TAG = /^[\w.-]{1,128}$/;
const DIGEST = /^[a-z0-9]+:[a-fA-F0-9]{64}$/;

/** Why a text cannot be an image reference; undefined when it can. */
export function imageReferenceFault(image: string): string | undefined {
  return isReference(image) ? undefined : `could not parse reference: ${image}`;
}

function isReference(image: string): boolean {
  const at = image.indexOf("@");
  const digest = at < 0 ? undefined : image.slice(at + 1);
  const named = at < 0 ? image : image.slice(0, at);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const repository = hasTag ? named.slice(0, colon) : named;
  if (hasTag && !TAG.test(named.slice(colon + 1))) return false;
  if (digest !== undefined && !DIGEST.test(digest)) return false;
  return isRepository(repository);
}

function isRepository(text: string): boolean {
  const slash = text.indexOf("/");
  const head = slash < 0 ? "" : text.slice(0, slash);
  const isHost = /[.:]/.test(head) || head === "localhost";
  if (isHost && !HOST.test(head) && !IPV6_HOST.test(head)) return false;
  const path = isHost ? text.slice(slash + 1) : text;
  return REPOSITORY.test(path) && path.split("/").every((part) => part !== "");
}
