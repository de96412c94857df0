import assert from "node:assert/strict";
import { test } from "node:test";
import { portTaken } from "./port-taken.ts";

test("a taken port is read from what programs of several languages say", () => {
  const says: readonly [string, string][] = [
    ["node:net:1\nError: listen EADDRINUSE: address already in use :::8080\n  at x (file.js:12:99)", "8080"],
    ["2026/01/01 12:00:00 listen tcp :9090: bind: address already in use", "9090"],
    ["[Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use", "8000"],
    ["OSError: [Errno 98] Address already in use", "the program's port"],
  ];
  for (const [words, port] of says)
    assert.match(portTaken(words, true) ?? "", new RegExp(`^PortTaken: ${port} is in use, .*; let the`), words);
  for (const words of [undefined, "", "no database"]) assert.equal(portTaken(words, true), undefined);
});

test("who names no port is told to", () => {
  assert.match(
    portTaken("listen tcp :1: bind: address already in use", false) ?? "",
    /; name a containerPort in the Pod and let the program/,
  );
});
