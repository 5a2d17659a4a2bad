/** A real response as the bare server sends it. Pure. */
import type { RawAnswer } from "../../tools/http/mod.ts";

export interface BareAnswer {
  status: number;
  headers: [name: string, value: string][];
  /** null if the status forbids a body. */
  body: string | null;
  /** If set, only requests with this If-None-Match get {@link status}; others get 200. */
  if_none_match?: string;
}

const WRITTEN_BY_SERVER = ["date", "content-length"];

/** The real response without the headers that the server adds itself. */
export function bareAnswerOf(real: RawAnswer): BareAnswer {
  return {
    status: real.status,
    headers: real.headers.filter(([name]) => !WRITTEN_BY_SERVER.includes(name.toLowerCase())),
    body: real.body.length === 0 ? null : new TextDecoder().decode(real.body),
  };
}

/** The first difference in status, header names, header lengths or body; null if there is none. */
export function difference(real: RawAnswer, bare: RawAnswer): string | null {
  if (real.status !== bare.status) return `status ${bare.status} instead of ${real.status}`;
  const shape = ({ headers }: RawAnswer) =>
    headers.map(([name, value]) => `${name.toLowerCase()}(${value.length})`).sort().join(" ");
  if (shape(real) !== shape(bare)) return `headers ${shape(bare)} instead of ${shape(real)}`;
  const same = real.body.length === bare.body.length &&
    real.body.every((byte, i) => byte === bare.body[i]);
  return same ? null : `a different body of ${bare.body.length} bytes`;
}
