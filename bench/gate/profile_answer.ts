/** One answer with which a server that does nothing satisfies the k6 profile. Pure. */
import type { BareAnswer } from "../rig/mod.ts";

/**
 * GetMetric's answer that is a ListMetrics of that switch and metric at the same time: the profile
 * discovers what it then asks for, and every check holds.
 */
export function profileAnswerOf(answer: BareAnswer): BareAnswer {
  const body = JSON.parse(answer.body ?? "{}");
  const list = { fields: [body.metric], items: [{ switch_id: body.switch_id }] };
  return { ...answer, body: JSON.stringify({ ...body, ...list }) };
}
