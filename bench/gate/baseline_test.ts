import { assertEquals, assertThrows } from "@std/assert";
import { runProcess } from "../../tools/processes/mod.ts";
import { BaselineError, checkOutBaseline, removeBaselines } from "./baseline.ts";

const ROOT = `${import.meta.dirname}/../..`;

async function git(...args: string[]): Promise<string> {
  return (await runProcess(["git", ...args], { cwd: ROOT })).stdout.trim();
}

const has_history = await git("rev-parse", "HEAD").catch(() => "") !== "";

Deno.test({
  name: "a baseline is checked out, runs its own task and is removed",
  ignore: !has_history,
  async fn() {
    let dir: string;
    {
      using baseline = checkOutBaseline("HEAD");
      dir = String(baseline.program.cwd);
      assertEquals(baseline.program.args.at(-1), "metrics_server/main.ts");
      assertEquals(Deno.statSync(`${dir}/metrics_server/main.ts`).isFile, true);
      assertEquals(baseline.name, `HEAD (${(await git("rev-parse", "HEAD")).slice(0, 7)})`);
    }
    assertThrows(() => Deno.statSync(dir), Deno.errors.NotFound);
    assertEquals((await git("worktree", "list")).includes(dir), false);
  },
});

Deno.test({
  name: "removeBaselines() removes a baseline still in use",
  ignore: !has_history,
  async fn() {
    const dir = String(checkOutBaseline("HEAD").program.cwd);
    removeBaselines();
    assertThrows(() => Deno.statSync(dir), Deno.errors.NotFound);
    assertEquals((await git("worktree", "list")).includes(dir), false);
  },
});

Deno.test("an unknown commit is refused by name", () => {
  const message = "--baseline no-such-ref: no such commit here";
  assertThrows(() => checkOutBaseline("no-such-ref"), BaselineError, message);
});
