import assert from "node:assert/strict";
import { it } from "node:test";
import { isIPv4, isIPv6 } from "./ip.ts";

it("tells IPv4 addresses", () => {
  for (const good of ["0.0.0.0", "127.0.0.1", "255.255.255.255"]) assert.ok(isIPv4(good), good);
  for (const bad of ["", "1.2.3", "1.2.3.4.", "1.2.3.256", "01.2.3.4", "1.2.3.4.5", "a.b.c.d", "::1"]) assert.ok(!isIPv4(bad), bad);
});

it("tells IPv6 addresses", () => {
  for (const good of ["::", "::1", "2001:db8::ffff", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "fe80::"]) assert.ok(isIPv6(good), good);
  for (const bad of ["", "1.2.3.4", ":::", "1::2::3", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "g::", "12345::"])
    assert.ok(!isIPv6(bad), bad);
});
