import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { eventually } from "../../fixtures/fixtures.ts";
import type { ContainerSpec, SandboxImage } from "../contract.ts";
import { driverContract } from "../driver.contract.ts";
import { makeOci, skipGo, skipOci } from "./fixtures/oci-world.ts";

if (skipOci === false) driverContract("oci driver", () => makeOci());
else test("oci driver contract", { skip: skipOci }, () => {});
