/** Another commit of this repository, checked out in a temporary folder while it is measured. */
import { programIn, type ServiceProgram, UsageError } from "../rig/mod.ts";

const ROOT = new URL("../../", import.meta.url);

/** A checkout. Disposal removes its files and git's record of them. */
export interface Baseline extends Disposable {
  /** `main (1a2b3c4)` */
  name: string;
  program: ServiceProgram;
}

const checked_out = new Set<() => void>();

/** Removes all checkouts, for a signal handler. */
export function removeBaselines(): void {
  for (const remove of checked_out) remove();
}

/** The commit does not exist or cannot be checked out. */
export class BaselineError extends UsageError {}

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

/** Output of git, or null if it failed. Synchronous, for the signal handler. */
function git(...args: string[]): string | null {
  const { success, stdout } = new Deno.Command("git", { args, cwd: ROOT, stderr: "null" })
    .outputSync();
  return success ? new TextDecoder().decode(stdout).trim() : null;
}
