/** The verdict for programs. */
import type { Judgement } from "../judge/mod.ts";
import type { RunRecord } from "../journal/mod.ts";

/** Text of verdict.json: the judgement, and which run it is of. */
export function verdictJson(header: RunRecord | null, judgement: Judgement): string {
  const { verdict, exit_code, sentence, decided_by, ...rest } = judgement;
  const of = header === null ? {} : {
    run_id: header.run_id,
    scenario: header.plan.name,
    claim: header.plan.claim,
    quick: header.plan.quick,
    seed: header.seed,
    started_at: header.started_at,
    subject: header.subject,
    engines: header.engines,
    machine: header.machine,
  };
  return JSON.stringify(
    { format: 1, verdict, exit_code, sentence, decided_by, ...of, ...rest },
    null,
    2,
  ) +
    "\n";
}
