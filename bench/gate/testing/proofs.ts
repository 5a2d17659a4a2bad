/** What `deno task gate:proof` runs, and the verdict it expects. */
import { programOf, type ServiceProgram } from "../../rig/mod.ts";
import type { GateVerdict } from "../reports.ts";

/** A run and its expected verdict. */
export interface Proof {
  /** Name on the command line. */
  word: string;
  what: string;
  /** Name of a defect of `defective_server.ts`. */
  defect?: string;
  bare_script?: string;
  scene: "default" | "steady" | "refresh" | "soak";
  busy_neighbors?: number;
  expect: GateVerdict;
  /** Matches the name of a broken check. */
  broken?: RegExp;
  /** Matches the verdict's reason. */
  reason?: RegExp;
}

export const PROOFS: readonly Proof[] = [
  defect("slow", "1 ms slower per request", "default", /GetMetric, log off: p95 to bare/),
  defect("tail", "one answer in 30 is 40 ms late", "steady", /answers over 7 ms beyond bare's/),
  defect("late", "every answer is 40 ms late", "steady", /answers over 7 ms beyond bare.s/),
  defect("failing", "1 answer in 200 is a 500", "default", /errors/),
  defect("frozen", "reports a frozen age", "default", /reported age is true/),
  defect("remembering", "keeps 500 bytes per request", "default", /memory growth per 1,000/),
  defect("hoarding", "keeps 2 MB per poll", "steady", /memory growth per poll/),
  defect("leaking", "leaves a socket open per poll", "steady", /socket growth per poll/),
  defect("eager", "polls twice per POLL_MS", "steady", /polls per POLL_MS/),
  defect("stalling", "blocks its event loop for 60 ms per poll", "steady", /answers over 7 ms/),
  { ...defect("hoarding", "keeps 2 MB per poll", "soak", /memory per hour/), word: "soak" },
  defect("blocking", "blocks it for 50 ms per refresh", "refresh", /longest event-loop block/),
  {
    what: "a machine busy with other programs",
    word: "busy",
    scene: "default",
    busy_neighbors: 3,
    expect: "inconclusive",
    reason: /other programs took/,
  },
  {
    what: "a starved bare server",
    word: "starved",
    scene: "default",
    bare_script: "bench/gate/testing/starved_bare_server.ts",
    expect: "inconclusive",
    reason: /the bare server itself has a p95 of/,
  },
  { what: "the service as it is", word: "healthy", scene: "default", expect: "pass" },
  {
    what: "the service as it is beside a bare server",
    word: "beside",
    scene: "steady",
    expect: "pass",
  },
];

/** A defect of `defective_server.ts` that must break a check. */
function defect(word: string, what: string, scene: Proof["scene"], broken: RegExp): Proof {
  return { word, what, scene, broken, defect: word, expect: "fail" };
}

/** metrics_server with a defect of `defective_server.ts`. */
export function defectiveProgram(defect: string): ServiceProgram {
  const program = programOf("metrics");
  const flags = program.args.slice(0, -1).map((arg) =>
    arg.replace("--allow-read=", "--allow-read=bench/gate/testing,")
  );
  return { ...program, args: [...flags, "bench/gate/testing/defective_server.ts", defect] };
}
