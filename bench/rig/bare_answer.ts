/** A real answer as the bare server has to send it, and the proof that it does. Pure. */
import type { RawAnswer } from "../../tools/http/mod.ts";

/** What the bare server is given. */
export interface BareAnswer {
  status: number;
  headers: [name: string, value: string][];
  /** null where the status forbids a body. */
  body: string | null;
  /** Where it is there, the answer is for requests with this If-None-Match only; others get 200. */
  if_none_match?: string;
}

/** Headers every `Deno.serve` writes by itself, from the clock and the body. */
const WRITTEN_BY_SERVER = ["date", "content-length"];

/** The real answer without what the server writes by itself. */
export function bareAnswerOf(real: RawAnswer): BareAnswer {
  return {
    status: real.status,
    headers: real.headers.filter(([name]) => !WRITTEN_BY_SERVER.includes(name.toLowerCase())),
    body: real.body.length === 0 ? null : new TextDecoder().decode(real.body),
  };
}

/**
 * What differs between the real answer and the bare server's on the wire, or null: both must have
 * the same status, header names, lengths of header values and body bytes.
 */
export function difference(real: RawAnswer, bare: RawAnswer): string | null {
  if (real.status !== bare.status) return `status ${bare.status} instead of ${real.status}`;
  const shape = ({ headers }: RawAnswer) =>
    headers.map(([name, value]) => `${name.toLowerCase()}(${value.length})`).sort().join(" ");
  if (shape(real) !== shape(bare)) {
    return `headers ${shape(bare)} instead of ${shape(real)}`;
  }
  const same = real.body.length === bare.body.length &&
    real.body.every((byte, i) => byte === bare.body[i]);
  return same ? null : `a body of ${bare.body.length} bytes that is not the real one's`;
}
