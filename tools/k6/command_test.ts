import { assert, assertEquals } from "@std/assert";
import { commandOf, versionText } from "./command.ts";

for (
  const [args, name] of [
    ["", "help"],
    ["help", "help"],
    ["run --help", "help"],
    ["inspect -h", "help"],
    ["version", "version"],
    ["--version", "version"],
    ["run load.js", "run"],
    ["load.js", "run"],
    ["run version", "run"],
    ["run inspect", "run"],
    ["inspect load.js", "unsupported"],
    ["archive", "unsupported"],
    ["cloud --vus 1 load.js", "unsupported"],
  ]
) {
  Deno.test(`k6 ${args} asks for: ${name}`, () => {
    assertEquals(commandOf(args.split(" ").filter((word) => word !== "")).name, name);
  });
}

Deno.test("a command of k6 that the runner does not have is named, with where to look", () => {
  const command = commandOf(["inspect", "load.js"]);
  assert(command.name === "unsupported");
  assertEquals(
    command.detail,
    "inspect: is a command of k6 that this runner does not have: it has run and version, see --help",
  );
});

Deno.test("the version says that this is not k6", () => {
  assertEquals(
    versionText("2.9.6", "linux/x86_64"),
    "tools/k6, runs k6 scripts, is not k6 (Deno 2.9.6, linux/x86_64)",
  );
});
