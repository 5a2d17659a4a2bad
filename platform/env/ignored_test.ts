import { assertEquals } from "@std/assert";
import { brokenLines, nearMisses } from "./ignored.ts";

const OWN = ["MAX_STALE_MS", "POLL_MS", "PORT", "DATA_PORTS", "TLS_CERT_FILE"];

Deno.test("nearMisses names the variable that was meant", () => {
  assertEquals(nearMisses(["PATH", "MAX_STALE", "POLL_SM", "HOME"], OWN), [
    { variable: "MAX_STALE", detail: "MAX_STALE is not a variable: did you mean MAX_STALE_MS?" },
    { variable: "POLL_SM", detail: "POLL_SM is not a variable: did you mean POLL_MS?" },
  ]);
});

Deno.test("nearMisses accepts its own names, the launcher's and OpenSSL's", () => {
  assertEquals(nearMisses([...OWN, "DATA_PORT", "METRICS_PORT", "SSL_CERT_FILE"], OWN), []);
});

Deno.test("nearMisses leaves a misspelled name of deno task dev to the launcher", () => {
  assertEquals(nearMisses(["METRICS_PROT", "DATA_PROT"], OWN), []);
});

Deno.test("brokenLines counts lines from 1 and shows no value", () => {
  assertEquals(brokenLines("A=1\npassword\n\nB: 2\n"), [
    { line: 2, detail: ".env line 2: must be NAME=value or a # comment" },
    { line: 4, detail: ".env line 4: must be NAME=value or a # comment" },
  ]);
});

Deno.test("brokenLines accepts comments, export, quotes over several lines and CRLF", () => {
  const content = "\uFEFFA=1\r\n# no\r\n  export B = \"x\ny\nz\" # end\r\n\r\nC='1\n2'\nD=`\n`\nE=";
  assertEquals(brokenLines(content), []);
  assertEquals(brokenLines(`${content}\nF`).map(({ line }) => line), [12]);
});
