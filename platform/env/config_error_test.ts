import { assertEquals, assertInstanceOf } from "@std/assert";
import { runModule } from "../testing/run_module.ts";
import { badValue, ConfigError } from "./config_error.ts";

Deno.test("ConfigError joins problems into one line", () => {
  const error = new ConfigError("A=x: must be a", "B=y: must be b");
  assertEquals(error.message, "A=x: must be a; B=y: must be b");
  assertEquals(error.problems, ["A=x: must be a", "B=y: must be b"]);
  assertInstanceOf(error, Error);
  assertEquals(error.name, "ConfigError");
});

Deno.test("ConfigError escapes control characters, so that it stays one line", () => {
  const error = badValue("A", "1\n2\r\t\u2028\x1b[31m", "must be a number");
  assertEquals(error.message, "A=1\\u000a2\\u000d\\u0009\\u2028\\u001b[31m: must be a number");
});

Deno.test("badValue cuts a long value", () => {
  const { message } = badValue("A", "9".repeat(500), "must be short");
  assertEquals(message, `A=${"9".repeat(120)}…: must be short`);
});

Deno.test("badValue hides the user name and password of a URL", () => {
  const { message } = badValue("URL", "ftp://me:secret@host/x", "must be an http:// URL");
  assertEquals(message, "URL=ftp://***@host/x: must be an http:// URL");
});

Deno.test("badValue hides a password with @ or slash, or without a scheme", () => {
  for (const value of ["http://me:p@ss@host", "http://me:p/ss@host", "me:pass@host"]) {
    const { message } = badValue("URL", value, "must be a URL");
    assertEquals(message.replace("http://", ""), "URL=***@host: must be a URL");
  }
});

Deno.test("exitWithUsage writes one line to stderr, nothing to stdout, and exits with 78", async () => {
  const { code, stdout, stderr } = await runModule("testing/exit_with_usage.ts", {
    args: ["PORT=99999: must be 0–65535"],
  });
  assertEquals({ code, stdout, stderr }, {
    code: 78,
    stdout: "",
    stderr: "PORT=99999: must be 0–65535\n",
  });
});
