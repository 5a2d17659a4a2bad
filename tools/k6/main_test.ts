import { assert, assertEquals, assertStringIncludes } from "@std/assert";

/** Signals closer together than this count as one. */
const STOP_REPEAT_MS = 500;

import { freePort } from "../processes/mod.ts";

const MAIN = `${import.meta.dirname}/main.ts`;

function start(args: string[], dir: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-net", "--allow-read", "--allow-env", MAIN, ...args],
    cwd: dir,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function withScript(script: string, test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/load.js`, script);
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("the runner exits 105 at Ctrl-C, with the summary so far", async () => {
  await withScript(
    `
    import { sleep } from "k6";
    export const options = { vus: 2, duration: "60s" };
    export default function () { if (__VU === 1 && __ITER === 3) console.log("up"); sleep(0.01); }`,
    async (dir) => {
      const child = start(["run", "load.js"], dir);
      const reader = child.stderr.getReader();
      let stderr = "";
      while (!stderr.includes("up")) {
        const { value, done } = await reader.read();
        if (done) break;
        stderr += text(value);
      }
      child.kill("SIGINT");
      reader.releaseLock();
      const { code, stdout } = await child.output();
      assertEquals(code, 105, stderr);
      assertStringIncludes(text(stdout), "iterations");
    },
  );
});

Deno.test("the runner exits at a second Ctrl-C without waiting for teardown", async () => {
  await withScript(
    `
    export const options = { duration: "60s" };
    export default () => new Promise(() => console.log("up"));
    export function teardown() { console.log("tearing down"); return new Promise(() => {}); }`,
    async (dir) => {
      const child = start(["run", "load.js"], dir);
      const reader = child.stderr.getReader();
      let stderr = "";
      const readUntil = async (words: string) => {
        while (!stderr.includes(words)) {
          const { value, done } = await reader.read();
          if (done) break;
          stderr += text(value);
        }
      };
      await readUntil("up");
      child.kill("SIGINT");
      await readUntil("tearing down");
      // A sooner signal would count as the first Ctrl-C.
      const again = setInterval(() => {
        try {
          child.kill("SIGINT");
        } catch {
          // It has ended: its status resolves a moment later.
        }
      }, STOP_REPEAT_MS);
      const { code } = await child.status;
      clearInterval(again);
      reader.releaseLock();
      await Promise.all([child.stderr.cancel(), child.stdout.cancel()]);
      assertEquals(code, 130, stderr);
    },
  );
});

Deno.test("the runner writes progress as plain lines to stderr without a terminal", async () => {
  await withScript("export default function () {}", async (dir) => {
    const { code, stdout, stderr } = await start(["run", "load.js"], dir).output();
    assertEquals(code, 0);
    assert(!text(stderr).includes("\x1b") && !text(stdout).includes("\x1b"));
    assertStringIncludes(text(stderr), "1 iterations");
  });
});

Deno.test("the progress line counts failed requests, and none if all succeed", async () => {
  const port = freePort();
  const script = `import http from "k6/http";
    export const options = { iterations: 3 };
    export default () => http.get("http://127.0.0.1:${port}/");`;
  await withScript(script, async (dir) => {
    const { stderr } = await start(["run", "load.js"], dir).output();
    assertStringIncludes(text(stderr), ", 3 failed, 100%");
  });
  await withScript("export default function () {}", async (dir) => {
    const { stderr } = await start(["run", "load.js"], dir).output();
    assert(!text(stderr).includes("failed"));
  });
});

Deno.test("the runner exits 104 for invalid flags and 107 for a broken script", async () => {
  await withScript("export default (", async (dir) => {
    const flags = await start(["run", "--vus=x", "load.js"], dir).output();
    assertEquals(flags.code, 104);
    assertStringIncludes(text(flags.stderr), "--vus");
    const script = await start(["run", "load.js"], dir).output();
    assertEquals(script.code, 107);
    assertStringIncludes(text(script.stderr), "load.js:1");
  });
});

Deno.test("the runner prints its version and exits 255 for an unsupported command", async () => {
  const version = await start(["version"], ".").output();
  assertEquals(version.code, 0);
  assertStringIncludes(text(version.stdout), `is not k6 (Deno ${Deno.version.deno}`);
  const inspect = await start(["inspect", "load.js"], ".").output();
  assertEquals(inspect.code, 255);
  assertEquals([text(inspect.stdout), text(inspect.stderr).split("\n").length], ["", 2]);
  assertStringIncludes(text(inspect.stderr), "inspect: this runner does not support");
});

Deno.test("run - reads the script from stdin", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-env", MAIN, "run", "--quiet", "-"],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(
    `export default function () { console.log("from stdin"); }`,
  ));
  await writer.close();
  const { code, stderr } = await child.output();
  assertEquals(code, 0, text(stderr));
  assertStringIncludes(text(stderr), "from stdin");
});
