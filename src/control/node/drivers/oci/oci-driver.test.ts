import { test } from "node:test";
import { driverContract } from "../driver.contract.ts";
import { makeOci, skipOci } from "./fixtures/oci-world.ts";

if (skipOci === false) driverContract("oci driver", () => makeOci());
else test("oci driver contract", { skip: skipOci }, () => {});
