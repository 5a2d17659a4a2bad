/**
 * `deno task gate:proof [WORD …]` tests the gate itself, in about 12 minutes: each planted defect
 * must break the right check, a busy machine and a starved bare server must be inconclusive, and
 * the healthy service must pass.
 *
 * Exit: 0 all as expected, 1 not, 2 as expected except for runs disturbed by other programs.
 */
import { EXIT_USAGE, print, type ServiceProgram, startOwnEngine } from "../../rig/mod.ts";
import type { GateOptions } from "../options.ts";
import { findProfileEngine } from "../profile.ts";
import { concludeGate, type GateResult, gateScreen } from "../reports.ts";
import { runGate } from "../run_gate.ts";
import { describeMachine } from "../../../tools/verdict/mod.ts";
import { runSoak } from "../../soak/run_soak.ts";
import { judgeSoak } from "../../soak/soak_claims.ts";
import { defectiveProgram, type Proof, PROOFS } from "./proofs.ts";

const OPTIONS: Omit<GateOptions, "scenes"> = {
  seconds: 1,
  steady_seconds: 2,
  refresh_seconds: 5,
  rounds: 4,
  steady_rounds: 8,
  refresh_rounds: 3,
  repeat_disturbed: true,
  baseline: null,
  out_dir: "",
};

type Outcome = "proven" | "open" | "refuted";

async function prove(proof: Proof): Promise<Outcome> {
  for (let n = 0; n < (proof.busy_neighbors ?? 0); n++) neighbors.add(await startNeighbor());
  await using own = startOwnEngine();
  const profile = await findProfileEngine();
  try {
    const { scene, bare_script } = proof;
    const program = proof.defect === undefined ? undefined : defectiveProgram(proof.defect);
    const world = { own, profile, onProgress: () => {}, program, bare_script };
    const result = scene === "soak"
      ? await soak(program)
      : await runGate({ ...OPTIONS, scenes: new Set([scene]) }, world);
    const outcome = judgeProof(proof, result);
    print(Deno.stdout, `${SIGNS[outcome]} ${proof.what}: ${result.verdict}: ${result.reason}`);
    if (outcome !== "proven") print(Deno.stdout, gateScreen(result));
    return outcome;
  } finally {
    endNeighbors();
  }
}

/** A soak of a minute, which is long enough for a leak of MB per second. */
async function soak(program?: ServiceProgram): Promise<GateResult> {
  const { samples, load } = await runSoak(1, program);
  const checks = judgeSoak(samples, load);
  const machine = describeMachine();
  return { ...concludeGate(checks), checks, machine, method: [], contenders: [], notes: [] };
}

const SIGNS: Record<Outcome, string> = { proven: "ok  ", open: "open", refuted: "FAIL" };

/** Compares verdict and reason; open if other programs disturbed the run. */
function judgeProof({ expect, broken, reason }: Proof, result: GateResult): Outcome {
  const names = result.checks.filter(({ verdict }) => verdict === "broken").map(({ name }) => name);
  const reason_given = (broken === undefined || names.some((name) => broken.test(name))) &&
    (reason === undefined || reason.test(result.reason));
  if (result.verdict === expect && reason_given) return "proven";
  return DISTURBED.test(result.reason) && result.verdict === "inconclusive" ? "open" : "refuted";
}

const DISTURBED = /other programs took|rounds on both sides/;

/** Process ids of busy neighbors. */
const neighbors = new Set<number>();

/** Starts a busy loop of at most 2 minutes that does not descend from this process. */
async function startNeighbor(): Promise<number> {
  const code = "const end = Date.now() + 120_000; while (Date.now() < end);";
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", '"$0" eval "$1" >/dev/null 2>&1 & echo $!', Deno.execPath(), code],
  }).output();
  return Number(new TextDecoder().decode(stdout));
}

function endNeighbors(): void {
  for (const pid of neighbors) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      // It has ended after its two minutes.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  neighbors.clear();
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    endNeighbors();
    Deno.exit(1);
  });
}

const words = PROOFS.map(({ word }) => word).join(", ");
if (Deno.args.includes("--help")) {
  print(Deno.stdout, `Usage: deno task gate:proof [WORD …]\n\nWORD: ${words}; default: all`);
  Deno.exit(0);
}
const unknown = Deno.args.find((arg) => PROOFS.every(({ word }) => word !== arg));
if (unknown !== undefined) {
  print(Deno.stdout, `${unknown}: must be of ${words}`);
  Deno.exit(EXIT_USAGE);
}
const outcomes: Outcome[] = [];
for (const proof of PROOFS) {
  if (Deno.args.length > 0 && !Deno.args.includes(proof.word)) continue;
  outcomes.push(await prove(proof));
}
Deno.exit(outcomes.includes("refuted") ? 1 : outcomes.includes("open") ? 2 : 0);
