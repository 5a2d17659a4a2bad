/** Another commit of this repository, checked out beside for as long as it is measured. */
import { programIn, type ServiceProgram } from "../rig/mod.ts";

const ROOT = new URL("../../", import.meta.url);

/** Disposing of it removes the files and git's record of them. */
export interface Baseline extends Disposable {
  /** `main (1a2b3c4)` */
  name: string;
  program: ServiceProgram;
}

/** What is checked out now, so that nothing stays behind where this process is told to stop. */
const checked_out = new Set<() => void>();

/** Removes what is checked out, at once. */
export function removeBaselines(): void {
  for (const remove of checked_out) remove();
}

/** There is no such commit, or git did not give it. */
export class BaselineError extends Error {
  override readonly name = "BaselineError";
}

/** @throws {BaselineError} */
export function checkOutBaseline(ref: string): Baseline {
  const commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
  if (commit === null) throw new BaselineError(`--baseline ${ref}: no such commit here`);
  const dir = Deno.makeTempDirSync({ prefix: "gate_baseline_" });
  const remove = () => {
    checked_out.delete(remove);
    git("worktree", "remove", "--force", dir);
    try {
      Deno.removeSync(dir, { recursive: true });
    } catch { /* git has removed it */ }
  };
  checked_out.add(remove);
  try {
    if (git("worktree", "add", "--detach", "--quiet", dir, commit) === null) {
      throw new BaselineError(`--baseline ${ref}: git worktree add ${dir} failed`);
    }
    const { tasks } = JSON.parse(Deno.readTextFileSync(`${dir}/deno.json`));
    const program = programIn(dir, tasks, "metrics");
    return { name: `${ref} (${commit.slice(0, 7)})`, program, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** What git printed, or null where it failed. Synchronous, so that it can run on the way out. */
function git(...args: string[]): string | null {
  const { success, stdout } = new Deno.Command("git", { args, cwd: ROOT, stderr: "null" })
    .outputSync();
  return success ? new TextDecoder().decode(stdout).trim() : null;
}
