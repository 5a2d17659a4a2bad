/**
 * The proxy's control API: JSON on a port of its own.
 *
 * | Request | Answer |
 * |---|---|
 * | `PUT /faults/{id}` `{kind, params, for_ms?}` | 200; 400 names what is wrong |
 * | `DELETE /faults/{id}` | 200 `{lifted}`; `false` if it was not on |
 * | `GET /faults` | 200 `{faults: [{id, kind, params, hits, expires_in_ms}]}` |
 * | `GET /counters` | 200, see {@link CountersAnswer} |
 * | `POST /reset` | 200: no fault is on |
 *
 * A request of a page in a browser is answered 403 and changes nothing.
 *
 * With `for_ms`, a fault expires {@link FALL_OFF_SLACK_MS} after its duration.
 */
import { foreignCaller } from "../../platform/mod.ts";
import { FaultError } from "../vocabulary/mod.ts";
import { type ActiveFaults, TooManyFaults } from "./active_faults.ts";
import type { ProxyCounters } from "./client_connection.ts";
import { readFault } from "./fault_kinds.ts";

/** Time from the end of a fault's duration to its expiry, in milliseconds. */
const FALL_OFF_SLACK_MS = 2_000;
/** Longest duration of a fault, in milliseconds. */
const TTL_MS_MAX = 3_600_000;
const CONTROL_BODY_CHARS_MAX = 65_536;

export interface FaultAnswer {
  id: string;
  kind: string;
  params: Record<string, number | string | boolean>;
  hits: number;
  expires_in_ms: number | null;
}

/** `GET /counters`: totals since the start. */
export interface CountersAnswer extends ProxyCounters {
  /** By fault id, lifted faults included. */
  hits: Record<string, number>;
  /** Ids of the faults that expired before they were lifted. */
  fallen: readonly string[];
}

const FAULT_PATH = /^\/faults\/([^/]+)$/;
const FAULT_ID = /^[\w.-]{1,64}$/;

interface ControlParts {
  readonly faults: ActiveFaults;
  readonly counters: ProxyCounters;
  now(): number;
}

export async function control(request: Request, parts: ControlParts): Promise<Response> {
  const foreign = foreignCaller(request);
  if (foreign !== null) return Response.json({ error: foreign }, { status: 403 });
  try {
    return await route(request, parts);
  } catch (error) {
    const is_refusal = error instanceof FaultError || error instanceof TooManyFaults;
    const detail = error instanceof Error ? error.message : String(error);
    return Response.json({ error: detail }, { status: is_refusal ? 400 : 500 });
  }
}

async function route(request: Request, parts: ControlParts): Promise<Response> {
  const { pathname } = new URL(request.url);
  const { method } = request;
  const id = FAULT_PATH.exec(pathname)?.[1];
  const { faults, counters } = parts;
  if (id !== undefined && method === "PUT") return await put(id, request, faults);
  if (id !== undefined && method === "DELETE") return Response.json({ lifted: faults.lift(id) });
  if (pathname === "/faults" && method === "GET") return Response.json({ faults: list(parts) });
  if (pathname === "/counters" && method === "GET") {
    const answer: CountersAnswer = { ...counters, hits: faults.hits(), fallen: faults.fallen() };
    return Response.json(answer);
  }
  if (pathname === "/reset" && method === "POST") {
    faults.reset();
    return Response.json({ faults: [] });
  }
  return Response.json({ error: `${method} ${pathname}: no such call` }, { status: 404 });
}

async function put(id: string, request: Request, faults: ActiveFaults): Promise<Response> {
  if (!FAULT_ID.test(id)) {
    throw new FaultError(`id=${id}: must be 1–64 letters, digits, dots, dashes or underscores`);
  }
  const { kind, params = {}, for_ms } = await bodyOf(request);
  const fault = readFault(kind, params);
  if (for_ms !== undefined && !isDuration(for_ms)) {
    throw new FaultError(`${kind} for_ms=${for_ms}: must be a number of 0–${TTL_MS_MAX} ms`);
  }
  faults.put(id, fault, for_ms === undefined ? null : for_ms + FALL_OFF_SLACK_MS);
  return Response.json({ id, kind, params: fault.params, text: fault.text });
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= TTL_MS_MAX;
}

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  if (text.length > CONTROL_BODY_CHARS_MAX) {
    throw new FaultError(`body of ${text.length} characters: at most ${CONTROL_BODY_CHARS_MAX}`);
  }
  try {
    const body = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  } catch {
    // Reported below, like JSON of another shape.
  }
  throw new FaultError(`body must be a JSON object, got ${JSON.stringify(text.slice(0, 80))}`);
}

function list({ faults, now }: ControlParts): FaultAnswer[] {
  const hits = faults.hits();
  return faults.list().map(({ id, fault, expires_ms }) => ({
    id,
    kind: fault.kind,
    params: { ...fault.params },
    hits: hits[id] ?? 0,
    expires_in_ms: expires_ms === null ? null : Math.max(0, Math.round(expires_ms - now())),
  }));
}
