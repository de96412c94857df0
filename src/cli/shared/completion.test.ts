import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { Command, Option } from "commander";
import { addCompletion, complete, type Values } from "./completion.ts";
import { completionScript } from "./completion-scripts.ts";

function program(): Command {
  const list = new Command("list").description("List things").alias("ls").option("-n, --namespace <name>").option("--all", "everything");
  list.addOption(new Option("-o, --output <format>", "how").choices(["json", "yaml"]));
  const thing = new Command("thing").description("Things").addCommand(list).addCommand(new Command("secret"), { hidden: true });
  const root = new Command("demo").addCommand(thing);
  addCompletion(root, { io: { stdout: { write: () => {} }, stderr: { write: () => {} } } });
  return root;
}

const names: Values = async ({ command, option, operands }) => {
  if (option !== undefined) return option.long === "--namespace" ? ["default", "dev"] : [];
  return command.name() === "list" ? ["one", "two"].filter((name) => !operands.includes(name)) : [];
};

const CASES: readonly { words: readonly string[]; texts: readonly string[]; directive: number }[] = [
  { words: ["th"], texts: ["thing"], directive: 4 },
  { words: [""], texts: ["thing", "completion"], directive: 4 },
  { words: ["thing", ""], texts: ["list"], directive: 4 },
  { words: ["thing", "list", ""], texts: ["one", "two"], directive: 4 },
  { words: ["thing", "ls", "one", ""], texts: ["two"], directive: 4 },
  { words: ["thing", "list", "-n", "de"], texts: ["default", "dev"], directive: 4 },
  { words: ["thing", "list", "--namespace=de"], texts: ["--namespace=default", "--namespace=dev"], directive: 4 },
  { words: ["thing", "list", "-o", "j"], texts: ["json"], directive: 4 },
  { words: ["thing", "list", "--a"], texts: ["--all"], directive: 4 },
  { words: ["completion", "z"], texts: ["zsh"], directive: 4 },
];

for (const { words, texts, directive } of CASES) {
  test(`complete ${JSON.stringify(words)}`, async () => {
    const found = await complete(program(), words, names);
    assert.deepEqual([found.candidates.map(({ text }) => text), found.directive], [texts, directive]);
  });
}

test("a value that nobody knows is left to the shell's file names", async () => {
  const root = new Command("demo").option("--file <path>");
  assert.deepEqual(await complete(root, ["--file", ""], names), { candidates: [], directive: 0 });
});

test("bash: the script asks the program and offers what it answers", { skip: spawnSync("bash", ["-c", ":"]).status !== 0 }, () => {
  const answers = `demo() { printf 'alpha\\n--out=json\\n:4\\n'; }`;
  const ask = 'COMP_LINE="demo --out=j"; COMP_POINT=12; COMP_WORDS=(demo --out = j); COMP_CWORD=3; __demo_complete; echo "${COMPREPLY[@]}"';
  const ran = spawnSync("bash", ["-c", `${completionScript("bash", "demo")}\n${answers}\n${ask}`], { encoding: "utf8" });
  assert.equal(ran.stdout, "alpha json\n", ran.stderr);
});
