import assert from "node:assert/strict";
import { test } from "node:test";
import { imagePlatform } from "../../../images/oci/platform.ts";
import { requires } from "../../../testing/requirements.ts";
import { chooseBase, releaseIn } from "./base.ts";
import { platformTags } from "./tags.ts";

const host = { path: "/usr/bin/python3.11", release: "3.11" };
const here = imagePlatform(process.arch);

test("a Python function's base is this machine's Python for this machine's platform", { skip: requires("linux") }, () => {
  const base = chooseBase(undefined, host, here);
  assert.deepEqual(base, { image: { kind: "scratch" }, release: "3.11", libc: "glibc", command: "/usr/local/bin/python3.11" });
});

test("for another platform, and where one is asked for, a Python function's base is an image", () => {
  const other = { os: "linux", architecture: "s390x" };
  assert.deepEqual(chooseBase(undefined, host, other).image, { kind: "image", reference: "python:3.11-slim" });
  const chosen = chooseBase("registry.example/mirror/python:3.13-alpine", host, here);
  assert.deepEqual(chosen, {
    image: { kind: "image", reference: "registry.example/mirror/python:3.13-alpine" },
    ...{ release: "3.13", libc: "musl", command: "python3" },
  });
  assert.equal(chooseBase("example/own:1", host, here).release, "3.11");
  assert.equal(releaseIn("notpython:3.9"), undefined);
});

test("wheels are looked for by the platform of the image, newest first", () => {
  const tags = platformTags({ os: "linux", architecture: "arm64" }, "glibc");
  assert.deepEqual(tags.slice(0, 2), ["manylinux_2_34_aarch64", "manylinux_2_33_aarch64"]);
  assert.equal(tags.indexOf("manylinux2014_aarch64"), tags.indexOf("manylinux_2_17_aarch64") + 1);
  assert.equal(tags.at(-1), "linux_aarch64");
  assert.deepEqual(platformTags({ os: "linux", architecture: "amd64" }, "musl"), ["musllinux_1_2_x86_64", "musllinux_1_1_x86_64"]);
});
