/** What scripts reach under `deno task k6`, by the runner's functions and by `Deno` itself. */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { runProcess, startProcess } from "../processes/mod.ts";
import { accessOf, runnerArgs } from "./access.ts";
import { parseInvocation } from "./command_line.ts";
import { ConfigProblem } from "./exit_codes.ts";
import { said } from "./testing/run_script.ts";
import { LAUNCHER } from "./testing/launcher.ts";

/**
 * Folders of a test: `project/scripts` for the script, `project` to start in, `secret.txt` outside.
 */
async function inFolders(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${dir}/project/scripts`, { recursive: true });
    await Deno.writeTextFile(`${dir}/secret.txt`, "the secret");
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

interface Launch {
  flags?: string[];
  env?: Record<string, string>;
  /** The script as the command line names it; `-` is stdin. */
  file?: string;
}

/** Runs a script by `deno task k6`; `attempt(f)` logs what `f` returns, or its error, once. */
async function launch(
  dir: string,
  script: string,
  { flags = [], env, file = "scripts/test.js" }: Launch = {},
) {
  const text = `
    const $ = (0, eval)("Deno");
    function attempt(f) {
      if (__VU !== 1) return; // the script also loads for its options, and for setup
      try { console.log("got " + f()); } catch (error) { console.log("failed " + error.message); }
    }
    ${script}
    ${script.includes("export default") ? "" : "export default () => {};"}`;
  await Deno.writeTextFile(`${dir}/project/scripts/test.js`, text);
  const { code, stdout, stderr } = await runProcess(
    [...LAUNCHER, "run", "--quiet", ...flags, file],
    { cwd: `${dir}/project`, env, input: file === "-" ? text : undefined },
  );
  return { code, stdout, stderr, said: said(stderr) };
}

const READS = `
  attempt(() => open("../../secret.txt"));
  attempt(() => $.readTextFileSync("../secret.txt"));
  attempt(() => require("../../secret.txt"));`;

Deno.test("a script reads nothing outside its folder; the error names path and flag", async () => {
  await inFolders(async (dir) => {
    const { code, said: lines, stderr } = await launch(dir, READS);
    assertEquals([code, lines.length], [0, 3], stderr);
    for (const line of lines) assertMatch(line, /^failed .*secret\.txt.*--allow-read/);
    const flag = `--allow-read=${dir}/secret.txt`;
    assertStringIncludes(lines[0], `may not be read by the script: start it with ${flag}`);
  });
});

Deno.test("a script with a thread for each VU reads nothing outside its folder", async () => {
  await inFolders(async (dir) => {
    const { code, said: lines } = await launch(
      dir,
      `import { sleep } from "k6"; ${READS} export default () => sleep(0);`,
    );
    assertEquals([code, lines.length], [0, 3]);
    for (const line of lines) assertMatch(line, /^failed .*secret\.txt.*--allow-read/);
  });
});

Deno.test("an import from outside fails with 107, path and flag; --allow-read permits it", async () => {
  await inFolders(async (dir) => {
    await Deno.writeTextFile(`${dir}/project/lib.js`, "export const name = 'lib';");
    const script = `import { name } from "../lib.js"; attempt(() => name);`;
    const refused = await launch(dir, script);
    assertEquals(refused.code, 107);
    assertStringIncludes(refused.stderr, `start it with --allow-read=${dir}/project/lib.js`);
    const allowed = await launch(dir, script, { flags: ["--allow-read", "lib.js"] });
    assertEquals([allowed.code, allowed.said[0]], [0, "got lib"], allowed.stderr);
  });
});

Deno.test("no code reads through a link that leads out, even if it moves the link", async () => {
  await inFolders(async (dir) => {
    await Deno.mkdir(`${dir}/project/scripts/sub`);
    await Deno.symlink(`${dir}/secret.txt`, `${dir}/project/scripts/sub/link.txt`);
    await Deno.symlink("../secret.txt", `${dir}/project/scripts/relative.txt`); // not from here
    const { said: lines, stderr } = await launch(
      dir,
      `attempt(() => open("./sub/link.txt"));
      attempt(() => $.readTextFileSync("scripts/sub/link.txt"));
      attempt(() => $.renameSync("scripts/sub", "scripts/moved"));
      attempt(() => $.readTextFileSync("scripts/moved/link.txt"));
      attempt(() => $.renameSync("scripts/relative.txt", "relative.txt"));
      attempt(() => $.renameSync("scripts/relative.txt", "out/relative.txt"));
      attempt(() => $.symlinkSync("/etc", "out/etc"));
      attempt(() => $.linkSync("../secret.txt", "out/hard.txt"));`,
    );
    assertEquals([lines.length, lines.filter((line) => line.startsWith("got"))], [8, []], stderr);
  });
});

Deno.test("a link out is not followed by another path of the script's folder", async () => {
  await inFolders(async (dir) => {
    await Deno.symlink(`${dir}/secret.txt`, `${dir}/project/scripts/link.txt`);
    await Deno.symlink("project", `${dir}/alias`);
    const { said: lines, stderr } = await launch(
      dir,
      `for (const folder of ["project", "alias"]) {
        attempt(() => open("${dir}/" + folder + "/scripts/link.txt"));
        attempt(() => $.readTextFileSync("${dir}/" + folder + "/scripts/link.txt"));
      }`,
      { file: `${dir}/alias/scripts/test.js` },
    );
    assertEquals([lines.length, lines.filter((line) => line.startsWith("got"))], [4, []], stderr);
  });
});

Deno.test("links within the script's folder are followed; --allow-read permits others", async () => {
  await inFolders(async (dir) => {
    await Deno.writeTextFile(`${dir}/project/scripts/data.txt`, "data");
    await Deno.symlink("data.txt", `${dir}/project/scripts/inner.txt`);
    await Deno.symlink(`${dir}/secret.txt`, `${dir}/project/scripts/outer.txt`);
    const script = `attempt(() => open("./inner.txt")); attempt(() => open("./outer.txt"));`;
    const { said: lines } = await launch(dir, script);
    assertEquals(lines[0], "got data");
    assertStringIncludes(lines[1], "failed");
    const widened = await launch(dir, script, { flags: ["--allow-read=../secret.txt"] });
    assertEquals(widened.said, ["got data", "got the secret"]);
    await Deno.mkdir(`${dir}/more`);
    await Deno.symlink("../secret.txt", `${dir}/more/link.txt`);
    const beyond = await launch(dir, `attempt(() => open("../../more/link.txt"));`, {
      flags: ["--allow-read=../more"],
    });
    assertStringIncludes(beyond.said[0], `link.txt leads to ${dir}/secret.txt, which may not be`);
  });
});

Deno.test("a link in out/ that could lead out is refused with 104", async () => {
  await inFolders(async (dir) => {
    await Deno.mkdir(`${dir}/project/out`);
    await Deno.symlink("../scripts", `${dir}/project/out/link`);
    const { code, stderr } = await launch(dir, "");
    assertEquals(code, 104);
    assertStringIncludes(
      stderr,
      "out/link: must not lead out of out/, but is a link to ../scripts",
    );
  });
});

Deno.test("a script writes nothing outside its folder and out/; a flag permits it", async () => {
  await inFolders(async (dir) => {
    const script = `
      attempt(() => $.writeTextFileSync("flat.txt", ""));
      attempt(() => $.removeSync("../secret.txt"));
      export const handleSummary = () => ({ "out/a/b.txt": "b", "scripts/c.txt": "c", "d.txt": "d" });
      export default () => {};`;
    const { code, stderr, said: lines } = await launch(dir, script);
    assertEquals([code, lines.filter((line) => line.startsWith("got"))], [0, []]);
    assertStringIncludes(stderr, "d.txt may not be written by the script");
    assertStringIncludes(stderr, "start it with --allow-write=d.txt");
    const written = (path: string) => Deno.readTextFileSync(`${dir}/project/${path}`);
    assertEquals([written("out/a/b.txt"), written("scripts/c.txt")], ["b", "c"]);
    assertThrows(() => written("d.txt"), Deno.errors.NotFound);
    await launch(dir, script, { flags: ["--allow-write=d.txt"] });
    assertEquals(written("d.txt"), "d");
  });
});

Deno.test("--out, --summary-export and --config may name files anywhere", async () => {
  await inFolders(async (dir) => {
    await Deno.writeTextFile(`${dir}/config.json`, `{ "iterations": 3 }`);
    const flags = ["-o", "json=../samples.json", "--summary-export", "../flat.json"];
    const { code, stderr } = await launch(dir, "", { flags: [...flags, "-c", "../config.json"] });
    assertEquals(code, 0, stderr);
    assert((await Deno.stat(`${dir}/samples.json`)).size > 0);
    assertStringIncludes(await Deno.readTextFile(`${dir}/flat.json`), `"count": 3`);
  });
});

Deno.test("a script sees variables that flags name, and K6_* variables set options", async () => {
  await inFolders(async (dir) => {
    const env = { TOKEN: "t", SHOWN: "s", K6_ITERATIONS: "2" };
    const script = `
      export default () => {
        console.log([__ENV.TOKEN, __ENV.SHOWN, __ENV.HOME, __ENV.OWN].join());
        attempt(() => $.env.get("TOKEN"));
      };`;
    const one = await launch(dir, script, { env, flags: ["--allow-env=SHOWN", "-e", "OWN=1"] });
    assertEquals([one.code, one.said.length], [0, 4], one.stderr);
    assertEquals(one.said[0], ",s,,1");
    assertMatch(one.said[1], /^failed .*"TOKEN"/);
    const all = await launch(dir, script, { env, flags: ["--include-system-env-vars"] });
    assertEquals(all.said.slice(0, 2), [`t,s,${Deno.env.get("HOME") ?? ""},`, "got t"]);
  });
});

Deno.test("a script on stdin reads and writes out/ alone", async () => {
  await inFolders(async (dir) => {
    await Deno.writeTextFile(`${dir}/project/near.txt`, "near");
    const script = `
      attempt(() => open("./near.txt"));
      export const handleSummary = () => ({ "out/a.txt": "a", "near.txt": "changed" });
      export default () => {};`;
    const { code, said: lines, stderr } = await launch(dir, script, { file: "-" });
    assertEquals(code, 0, stderr);
    assertMatch(lines[0], /^failed .*near\.txt/);
    const written = (path: string) => Deno.readTextFileSync(`${dir}/project/${path}`);
    assertEquals([written("out/a.txt"), written("near.txt")], ["a", "near"]);
  });
});

Deno.test("a script beside the runner's code may not write it", () => {
  const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);
  const { read, write } = accessOf(parseInvocation(["run", `${root}load.js`], {}));
  assertEquals([read, write], [[root], ["out"]]);
  assertThrows(() => runnerArgs({ write: ["a,b"] }), ConfigProblem, "a,b: must have no comma");
});

Deno.test("deno task k6 exits as its script, and 104 for an invalid flag", async () => {
  await inFolders(async (dir) => {
    const failed = await launch(
      dir,
      `export const options = { thresholds: { iterations: ["count>9"] } };`,
    );
    assertEquals(failed.code, 99);
    const invalid = await launch(dir, "", { flags: ["--vus=x"] });
    assertEquals(invalid.code, 104);
    assertStringIncludes(invalid.stderr, "--vus");
    const { code, stdout } = await runProcess([...LAUNCHER, "version"]);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "is not k6");
  });
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`deno task k6 passes ${signal} on: exit code 105 and the summary so far`, async () => {
    await inFolders(async (dir) => {
      await Deno.writeTextFile(
        `${dir}/project/scripts/test.js`,
        `export const options = { duration: "60s" };
        export default () => {
          if (__ITER === 2) console.log("up");
          return new Promise((wake) => setTimeout(wake, 5));
        };`,
      );
      await using child = startProcess([...LAUNCHER, "run", "--quiet", "scripts/test.js"], {
        cwd: `${dir}/project`,
        stdout: "piped",
        stderr: "piped",
      });
      const stdout = new Response(child.stdout).text();
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
        if (text.includes("up")) child.kill(signal);
      }
      assertEquals((await child.ended).code, 105);
      assertStringIncludes(await stdout, "iterations");
    });
  });
}
