import assert from "node:assert/strict";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openFolder } from "../../fixtures/fixtures.ts";
import type { Mount } from "../contract.ts";
import { makeTreeView } from "./tree-view.ts";

const mount = (mountPath: string, hostPath: string): Mount => ({ volume: "v", mountPath, hostPath, readOnly: false });

test("links of the image lead no mount out of the view", async () => {
  await using folder = await openFolder();
  const [image, precious, data] = ["image", "precious", "data"].map((name) => join(folder.path, name));
  await Promise.all([image, precious, data].map((path) => mkdir(path as string)));
  await writeFile(join(precious as string, "x"), "precious");
  await writeFile(join(data as string, "file"), "data");
  await symlink(precious as string, join(image as string, "app"));
  await symlink("../precious", join(image as string, "up"));
  const view = join(folder.path, "view");
  await makeTreeView(image as string, view, [mount("/app/x", data as string), mount("/up/x", data as string)]);
  assert.deepEqual(await readdir(precious as string), ["x"]);
  assert.equal(await readFile(join(precious as string, "x"), "utf8"), "precious");
});

test("a mount below another one lies in it", async () => {
  await using folder = await openFolder();
  const [image, outer, inner] = ["image", "outer", "inner"].map((name) => join(folder.path, name));
  await Promise.all([image, outer, inner].map((path) => mkdir(path as string)));
  await writeFile(join(inner as string, "file"), "inner");
  const view = join(folder.path, "view");
  await makeTreeView(image as string, view, [mount("/app/data", outer as string), mount("/app/data/deep/in", inner as string)]);
  assert.equal(await readFile(join(view, "app/data/deep/in/file"), "utf8"), "inner");
});
