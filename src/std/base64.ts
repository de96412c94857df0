const CHUNK = 8192;

/** Standard base64 of a text in UTF-8. */
export function base64OfText(text: string): string {
  return base64OfBytes(new TextEncoder().encode(text));
}

/** Standard base64. */
export function base64OfBytes(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(binary);
}

/** The text in UTF-8 that standard base64 stands for. Throws DOMException when it is none. */
export function textOfBase64(base64: string): string {
  return new TextDecoder().decode(bytesOfBase64(base64));
}

/** What standard base64 stands for. Throws DOMException when it is none. */
export function bytesOfBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** How many bytes a base64 text stands for. */
export function base64Size(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.floor((text.length * 3) / 4) - padding;
}
