/** One exchange under the faults that are on: what is asked of the source, and what comes of it. */
import type { ActiveFault } from "./active_faults.ts";
import { type Answer, type Asked, headerOf, withHeader, withoutHeaders } from "./answer.ts";
import type { Framing } from "./effects/effect.ts";
import { isFramed, merged } from "./outgoing.ts";
import type { Request } from "./request_reader.ts";

const encoder = new TextEncoder();

/** An answer on its way out, and the faults that touched it. */
export interface Spoiled {
  readonly answer: Answer;
  readonly framing: Framing;
  readonly touched: readonly ActiveFault[];
}

/** An answer in place of the source's: that of the first fault that has one. */
export function answerInstead(
  faults: readonly ActiveFault[],
): { answer: Answer; by: ActiveFault } | null {
  for (const by of faults) {
    const answer = by.effect.instead?.() ?? null;
    if (answer !== null) return { answer, by };
  }
  return null;
}

/**
 * The request as the source gets it: without encodings, so that bodies can be read, and without
 * If-None-Match where a fault needs the body.
 */
export function requestBytes(
  request: Request,
  host: string,
  faults: readonly ActiveFault[],
): Uint8Array {
  const dropped = ["connection", "accept-encoding"];
  if (faults.some(({ effect }) => effect.wants_body)) dropped.push("if-none-match");
  const headers = withHeader(withoutHeaders(request.headers, [...dropped, "host"]), "Host", host);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `${request.method} ${request.target} HTTP/1.1\r\n${lines}\r\n`;
  const bytes = encoder.encode(head);
  const whole = new Uint8Array(bytes.length + request.body.length);
  whole.set(bytes);
  whole.set(request.body, bytes.length);
  return whole;
}

/** Changes an answer by each fault in turn. */
export function spoil(source: Answer, request: Request, faults: readonly ActiveFault[]): Spoiled {
  const asked: Asked = {
    method: request.method,
    if_none_match: headerOf(request.headers, "if-none-match"),
  };
  const touched: ActiveFault[] = [];
  const framings: Framing[] = [];
  let answer = source;
  for (const fault of faults) {
    const changed = fault.effect.change?.(answer, asked) ?? null;
    if (changed !== null) {
      answer = changed;
      touched.push(fault);
    }
  }
  for (const fault of faults) {
    const { framing } = fault.effect;
    if (framing === undefined || !isFramed(answer, request.method, framing)) continue;
    framings.push(framing);
    touched.push(fault);
  }
  return { answer, framing: merged(framings), touched };
}
