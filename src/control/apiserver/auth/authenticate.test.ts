import assert from "node:assert/strict";
import { test } from "node:test";
import { authenticate, type Credentials, type TokenAnswer } from "./authenticate.ts";

const ADMIN = { commonName: "admin", organizations: ["system:masters"] };

/** Name of the user, or `nobody`. */
async function who(credentials: Credentials): Promise<string> {
  const alice: TokenAnswer = { kind: "user", user: { name: "alice", groups: [] }, audiences: [] };
  const found = await authenticate(credentials, (token) => (token === "good" ? alice : { kind: "refused", why: "unknown" }));
  return found.kind === "user" ? found.user.name : "nobody";
}

test("who shows nothing is anonymous, who shows something that does not hold is nobody", async () => {
  const rows: readonly [Credentials, string][] = [
    [{}, "system:anonymous"],
    [{ certificate: ADMIN }, "admin"],
    [{ certificate: ADMIN, authorization: "Bearer wrong" }, "admin"],
    [{ certificate: "unverified" }, "nobody"],
    [{ certificate: "unverified", authorization: "Bearer wrong" }, "nobody"],
    [{ certificate: "unverified", authorization: "Bearer good" }, "alice"],
    [{ certificate: "unverified", authorization: "Basic YTpi" }, "nobody"],
    [{ certificate: { commonName: "", organizations: [] } }, "system:anonymous"],
    [{ authorization: "Bearer good" }, "alice"],
    [{ authorization: "bearer good" }, "alice"],
    [{ authorization: "Bearer wrong" }, "nobody"],
    [{ authorization: "Basic YTpi" }, "system:anonymous"],
    [{ authorization: "Bearer " }, "system:anonymous"],
    [{ authorization: "" }, "system:anonymous"],
  ];
  for (const [credentials, expected] of rows) assert.equal(await who(credentials), expected, JSON.stringify(credentials));
});
