import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import deno_json from "../deno.json" with { type: "json" };
import { ConfigError } from "./env/config_error.ts";
import { answerFlags } from "./flags.ts";

const PROGRAM = { name: "data_server", help: "Serves CSV." };

Deno.test("answerFlags starts a service without arguments and explains it with --help", () => {
  assertEquals(answerFlags([], PROGRAM), null);
  assertEquals(answerFlags(["--help"], PROGRAM), "Serves CSV.");
  assertEquals(answerFlags(["--version", "-h"], PROGRAM), "Serves CSV.");
});

Deno.test("--version is the version of deno.json", () => {
  assertStringIncludes(answerFlags(["--version"], PROGRAM)!, `data_server ${deno_json.version} (`);
});

Deno.test("answerFlags refuses an unknown argument and names the nearest flag", () => {
  assertThrows(
    () => answerFlags(["--verison"], PROGRAM),
    ConfigError,
    "data_server takes --help or --version, got --verison; did you mean --version?",
  );
});
