import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pod } from "../../api/k8s/types.generated.ts";
import type { Revision } from "../../api/serving/revision.ts";
import { podImages, revisionImages } from "./image-reclaim.ts";

test("images of pods and of revisions that may scale up are in use", () => {
  const status = (imageID: string) => ({ name: "", image: "", imageID, ready: true, restartCount: 0 });
  const pod = {
    spec: {
      containers: [{ name: "main", image: "r.example/app@sha256:a" }],
      initContainers: [{ name: "init", image: "r.example/app:v1" }],
    },
    status: { initContainerStatuses: [status("r.example/app@sha256:b")], containerStatuses: [status("")] },
  } as unknown as Pod;
  assert.deepEqual(podImages(pod), ["sha256:b", "sha256:a"]);
  const revision = { status: { containerStatuses: [{ imageDigest: "r.example/app@sha256:c" }, {}] } } as unknown as Revision;
  assert.deepEqual(revisionImages(revision), ["sha256:c"]);
  assert.deepEqual([podImages({} as Pod), revisionImages({} as Revision)], [[], []]);
});
