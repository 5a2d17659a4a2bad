/**
 * Proves the gate both ways: each planted defect fails it for the reason it was planted for, a
 * machine that others keep busy is inconclusive. `deno task gate:proof`; takes about 4 minutes.
 *
 * Exit: 0 all as expected, 1 not.
 */
import { killChildren, spawnChild, startOwnEngine } from "../../arms/mod.ts";
import { gateScreen } from "../reports.ts";
import { startProfileEngine } from "../profile_engine.ts";
import { runGate } from "../run_gate.ts";
import type { GateOptions } from "../options.ts";
import type { GateVerdict } from "../gate_verdict.ts";
import { defective } from "./programs.ts";

/** A defect, the scene that shows it, and the check that has to be broken by it. */
interface Proof {
  what: string;
  defect: string | null;
  scene: "default" | "refresh";
  busy_neighbors: number;
  expect: GateVerdict;
  /** Beginning of the reason, or of one of the broken checks' names. */
  broken: RegExp | null;
}

const PROOFS: readonly Proof[] = [
  {
    what: "1 ms slower a request",
    defect: "slow",
    scene: "default",
    busy_neighbors: 0,
    expect: "fail",
    broken: /GetMetric, log off: p95 to bare/,
  },
  {
    what: "blocks its loop 50 ms a refresh",
    defect: "blocking",
    scene: "refresh",
    busy_neighbors: 0,
    expect: "fail",
    broken: /longest event-loop block/,
  },
  {
    what: "1 % of the answers are 500",
    defect: "failing",
    scene: "default",
    busy_neighbors: 0,
    expect: "fail",
    broken: /errors/,
  },
  {
    what: "freezes its age",
    defect: "frozen",
    scene: "default",
    busy_neighbors: 0,
    expect: "fail",
    broken: /age told is the data's/,
  },
  {
    what: "a machine kept busy by others",
    defect: null,
    scene: "default",
    busy_neighbors: 3,
    expect: "inconclusive",
    broken: null,
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

async function prove(proof: Proof): Promise<boolean> {
  const neighbors = Array.from({ length: proof.busy_neighbors }, startNeighbor);
  await using own = startOwnEngine();
  await using profile = await startProfileEngine();
  try {
    const program = proof.defect === null ? undefined : defective(proof.defect);
    const options = { ...OPTIONS, scenes: new Set([proof.scene]) };
    const result = await runGate(options, { own, profile, onProgress: () => {}, program });
    const broken = result.checks.filter(({ verdict }) => verdict === "broken");
    const reason_given = proof.broken === null ||
      broken.some(({ name }) => proof.broken!.test(name));
    const proven = result.verdict === proof.expect && reason_given;
    say(`${proven ? "ok  " : "FAIL"} ${proof.what}: ${result.verdict}: ${result.reason}`);
    if (!proven) say(gateScreen(result));
    return proven;
  } finally {
    for (const neighbor of neighbors) neighbor.kill("SIGKILL");
    await Promise.all(neighbors.map(({ status }) => status));
  }
}

/** Spins, for 2 minutes at most. */
function startNeighbor(): Deno.ChildProcess {
  const code = "const end = Date.now() + 120_000; while (Date.now() < end);";
  return spawnChild(new Deno.Command(Deno.execPath(), { args: ["eval", code] }));
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

const wanted = Deno.args.length === 0
  ? PROOFS
  : PROOFS.filter(({ defect }) => Deno.args.includes(defect ?? "busy"));
let all_proven = wanted.length > 0;
for (const proof of wanted) all_proven = await prove(proof) && all_proven;
killChildren();
Deno.exit(all_proven ? 0 : 1);
