/**
 * Proves the gate both ways: each planted defect fails it for the reason it was planted for, a
 * machine that others keep busy and a rival that starves are inconclusive, a healthy service passes.
 * `deno task gate:proof`; takes about 5 minutes. Words choose: `slow`, `blocking`, `failing`,
 * `frozen`, `busy`, `starved`, `healthy`.
 *
 * Exit: 0 all as expected, 1 not, 2 nothing against it, but other programs kept some from being told.
 */
import { startOwnEngine } from "../../rig/mod.ts";
import { type GateResult, gateScreen } from "../reports.ts";
import { findProfileEngine } from "../profile_engine.ts";
import { runGate } from "../run_gate.ts";
import type { GateOptions } from "../options.ts";
import type { GateVerdict } from "../gate_verdict.ts";
import { defective } from "./programs.ts";

/** A defect, the scene that shows it, and the check that has to be broken by it. */
interface Proof {
  /** Chooses it on the command line; of a planted defect, its name in `defective_server.ts`. */
  word: string;
  what: string;
  is_defect: boolean;
  bare_script?: string;
  scene: "default" | "refresh";
  busy_neighbors: number;
  expect: GateVerdict;
  /** In the name of a broken check. */
  broken?: RegExp;
  /** In the verdict's reason. */
  reason?: RegExp;
}

const PROOFS: readonly Proof[] = [
  {
    what: "1 ms slower a request",
    word: "slow",
    is_defect: true,
    scene: "default",
    busy_neighbors: 0,
    expect: "fail",
    broken: /GetMetric, log off: p95 to bare/,
  },
  {
    what: "blocks its loop 50 ms a refresh",
    word: "blocking",
    is_defect: true,
    scene: "refresh",
    busy_neighbors: 0,
    expect: "fail",
    broken: /longest event-loop block/,
  },
  {
    what: "1 % of the answers are 500",
    word: "failing",
    is_defect: true,
    scene: "default",
    busy_neighbors: 0,
    expect: "fail",
    broken: /errors/,
  },
  {
    what: "freezes its age",
    word: "frozen",
    is_defect: true,
    scene: "default",
    busy_neighbors: 0,
    expect: "fail",
    broken: /age told is the data's/,
  },
  {
    what: "a machine kept busy by others",
    word: "busy",
    is_defect: false,
    scene: "default",
    busy_neighbors: 3,
    expect: "inconclusive",
    reason: /other programs took/,
  },
  {
    what: "a bare server that starves",
    word: "starved",
    is_defect: false,
    bare_script: "bench/gate/testing/starved_bare_server.ts",
    scene: "default",
    busy_neighbors: 0,
    expect: "inconclusive",
    reason: /the bare server itself has a p95 of/,
  },
  {
    what: "the service as it is",
    word: "healthy",
    is_defect: false,
    scene: "default",
    busy_neighbors: 0,
    expect: "pass",
  },
];

const OPTIONS: Omit<GateOptions, "scenes"> = {
  seconds: 1,
  refresh_seconds: 5,
  rounds: 4,
  refresh_rounds: 3,
  baseline: null,
  out_dir: "",
};

type Outcome = "proven" | "open" | "refuted";

async function prove(proof: Proof): Promise<Outcome> {
  for (let n = 0; n < proof.busy_neighbors; n++) neighbors.add(await startNeighbor());
  await using own = startOwnEngine();
  const profile = await findProfileEngine();
  try {
    const program = proof.is_defect ? defective(proof.word) : undefined;
    const options = { ...OPTIONS, scenes: new Set([proof.scene]) };
    const { bare_script } = proof;
    const world = { own, profile, onProgress: () => {}, program, bare_script };
    const result = await runGate(options, world);
    const outcome = judgeProof(proof, result);
    say(`${SIGNS[outcome]} ${proof.what}: ${result.verdict}: ${result.reason}`);
    if (outcome !== "proven") say(gateScreen(result));
    return outcome;
  } finally {
    endNeighbors();
  }
}

const SIGNS: Record<Outcome, string> = { proven: "ok  ", open: "open", refuted: "FAIL" };

/** As expected, for the reason expected; open where others kept the machine busy instead. */
function judgeProof({ expect, broken, reason }: Proof, result: GateResult): Outcome {
  const names = result.checks.filter(({ verdict }) => verdict === "broken").map(({ name }) => name);
  const reason_given = (broken === undefined || names.some((name) => broken.test(name))) &&
    (reason === undefined || reason.test(result.reason));
  if (result.verdict === expect && reason_given) return "proven";
  return DISTURBED.test(result.reason) && result.verdict === "inconclusive" ? "open" : "refuted";
}

/** What the judge says of a machine that was not ours alone. */
const DISTURBED = /other programs took|rounds on both sides/;

/** Process ids of neighbors that spin. */
const neighbors = new Set<number>();

/** Spins, for 2 minutes at most, as no child of ours: what descends from us is not taken for others. */
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
      // Its two minutes are over.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  neighbors.clear();
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    endNeighbors();
    Deno.exit(1);
  });
}

const unknown = Deno.args.find((arg) => PROOFS.every(({ word }) => word !== arg));
if (unknown !== undefined) {
  say(`${unknown}: must be of ${PROOFS.map(({ word }) => word).join(", ")}`);
  Deno.exit(64);
}
const outcomes: Outcome[] = [];
for (const proof of PROOFS) {
  if (Deno.args.length > 0 && !Deno.args.includes(proof.word)) continue;
  outcomes.push(await prove(proof));
}
Deno.exit(outcomes.includes("refuted") ? 1 : outcomes.includes("open") ? 2 : 0);
