import type { Container } from "../../../api/k8s/types.generated.ts";
import type { ImageProvider, ImageRequest, ImageResult, LocalImage } from "../../../api/ports/images.ts";

const LIMIT = 256;

export function imageRequest({ image = "", imagePullPolicy }: Container): ImageRequest {
  const isLatest = !image.includes("@") && (image.endsWith(":latest") || !/:[^/]+$/.test(image));
  const policy = imagePullPolicy ?? (isLatest ? "Always" : "IfNotPresent");
  return { reference: image, pullPolicy: policy === "Always" || policy === "Never" ? policy : "IfNotPresent" };
}

/** Remembers images named by digest: they cannot change, and a start from zero should not read manifests again. */
export class RememberingImages implements Pick<ImageProvider, "ensure"> {
  readonly #images: Pick<ImageProvider, "ensure">;
  readonly #known = new Map<string, LocalImage>();

  constructor(images: Pick<ImageProvider, "ensure">) {
    this.#images = images;
  }

  async ensure(request: ImageRequest, signal: AbortSignal): Promise<ImageResult> {
    const known = this.#known.get(request.reference);
    if (known !== undefined) return { kind: "ok", image: known };
    const result = await this.#images.ensure(request, signal);
    if (result.kind === "ok" && request.reference.includes("@sha256:")) this.#remember(result.image);
    return result;
  }

  #remember(image: LocalImage): void {
    this.#known.set(image.reference, image);
    const [oldest] = this.#known.keys();
    if (this.#known.size > LIMIT && oldest !== undefined) this.#known.delete(oldest);
  }
}
