/** Faults of connections, with the attributes and effects of Toxiproxy. */
import {
  bounded,
  DELAY_MS_MAX,
  FAULT_BYTES_MAX,
  FaultError,
  type FaultValue,
  faultValue,
  real,
  SUBJECT,
  whole,
} from "./fault_value.ts";
import { type Fault, type FaultParams, type Hop, subjectName } from "./plan.ts";

const HOP_TEXT: Record<Hop, string> = {
  source: "between data_server and the subject",
  client: "between clients and the subject",
  store: "between every subject and the store",
};

/** Limits a fault of hop `store` to the subject with this number; default: all. */
interface OneSubject {
  readonly subject?: number;
}

/** Fewest bytes of an average slice; 0 stops the real Toxiproxy. */
const SLICE_BYTES_MIN = 1;
/** Longest delay between slices, in µs. */
const SLICE_DELAY_US_MAX = 1_000_000;
/** Fastest throttle, in kB/s. A faster one has no effect on loopback. */
const RATE_KB_PER_S_MAX = 1_000_000;

function tcp(kind: string, hop: Hop, params: FaultParams, text: string, inverse: string): Fault {
  const where = params.subject === undefined
    ? HOP_TEXT[hop]
    : `between ${subjectName(Number(params.subject))} and the store`;
  return { kind, layer: "tcp", hop, params, text: `${text} ${where}`, inverse };
}

function oneSubject(kind: string, hop: Hop, { subject }: OneSubject): FaultParams {
  if (subject === undefined) return {};
  if (hop !== "store") {
    throw new FaultError(`${kind} subject=${subject}: only hop store has a proxy for each subject`);
  }
  return { subject: bounded(kind, "subject", subject, SUBJECT) };
}

function delay(kind: string, name: string, value_ms: number, min_ms = 1): number {
  return bounded(kind, name, value_ms, whole(min_ms, DELAY_MS_MAX, "ms"));
}

/** Delays every response by `delay_ms` ± `jitter_ms`. */
export function latency(hop: Hop, values: { delay_ms: number; jitter_ms?: number }): FaultValue {
  return faultValue(() => {
    const kind = "tcp.latency";
    const delay_ms = delay(kind, "delay_ms", values.delay_ms);
    const jitter_ms = delay(kind, "jitter_ms", values.jitter_ms ?? 0, 0);
    if (jitter_ms > delay_ms) {
      throw new FaultError(`${kind} jitter_ms=${jitter_ms}: must be at most delay_ms=${delay_ms}`);
    }
    const text = `delays every response by ${delay_ms} ms${
      jitter_ms === 0 ? "" : ` ± ${jitter_ms} ms`
    }`;
    return tcp(kind, hop, { delay_ms, jitter_ms }, text, "removes the delay");
  });
}

/** Limits responses to `rate_kb_per_s`. */
export function bandwidth(hop: Hop, values: { rate_kb_per_s: number }): FaultValue {
  return faultValue(() => {
    const kind = "tcp.bandwidth";
    const range = whole(1, RATE_KB_PER_S_MAX, "kB/s");
    const rate_kb_per_s = bounded(kind, "rate_kb_per_s", values.rate_kb_per_s, range);
    const text = `lets ${rate_kb_per_s} kB/s through`;
    return tcp(kind, hop, { rate_kb_per_s }, text, "removes the throttle");
  });
}

/** Refuses new connections and closes open ones. */
export function refuse(hop: Hop, one: OneSubject = {}): FaultValue {
  return faultValue(() => {
    const kind = "tcp.refuse";
    const params = oneSubject(kind, hop, one);
    return tcp(kind, hop, params, "refuses every connection", "listens again");
  });
}

/** Accepts connections and never responds. */
export function hang(hop: Hop, one: OneSubject = {}): FaultValue {
  return faultValue(() => {
    const kind = "tcp.hang";
    const params = oneSubject(kind, hop, one);
    return tcp(kind, hop, params, "lets no response through", "lets responses through");
  });
}

/** Resets connections, pooled ones included. */
export function reset(hop: Hop): FaultValue {
  return faultValue(() =>
    tcp("tcp.reset", hop, {}, "resets every connection", "stops resetting connections")
  );
}

/** Delays the end of a connection by `delay_ms`. */
export function slowClose(hop: Hop, values: { delay_ms: number }): FaultValue {
  return faultValue(() => {
    const kind = "tcp.slow_close";
    const delay_ms = delay(kind, "delay_ms", values.delay_ms);
    return tcp(kind, hop, { delay_ms }, `closes connections ${delay_ms} ms late`, "closes at once");
  });
}

/** Sends responses in small segments with pauses between them. */
export function slicer(
  hop: Hop,
  values: { average_bytes: number; variation_bytes?: number; delay_us?: number },
): FaultValue {
  return faultValue(() => {
    const kind = "tcp.slicer";
    const bytes = whole(SLICE_BYTES_MIN, FAULT_BYTES_MAX, "B");
    const average_bytes = bounded(kind, "average_bytes", values.average_bytes, bytes);
    // The real Toxiproxy panics if the variation is as large as the average.
    const variation = whole(0, average_bytes - 1, "B");
    const variation_bytes = bounded(
      kind,
      "variation_bytes",
      values.variation_bytes ?? 0,
      variation,
    );
    const pause = whole(0, SLICE_DELAY_US_MAX, "µs");
    const delay_us = bounded(kind, "delay_us", values.delay_us ?? 0, pause);
    const params = { average_bytes, variation_bytes, delay_us };
    const text =
      `cuts responses into segments of ${average_bytes} ± ${variation_bytes} B, ${delay_us} µs apart`;
    return tcp(kind, hop, params, text, "sends responses whole");
  });
}

/** Ends a connection after `bytes` of response data, headers included. */
export function limitData(hop: Hop, values: { bytes: number }): FaultValue {
  return faultValue(() => {
    const kind = "tcp.limit_data";
    const bytes = bounded(kind, "bytes", values.bytes, whole(1, FAULT_BYTES_MAX, "B"));
    const text = `ends each connection after ${bytes} B of responses`;
    return tcp(kind, hop, { bytes }, text, "removes the limit");
  });
}

/**
 * Refuses connections for `down_of_poll` poll intervals, then serves for `up_of_poll`, in turn.
 *
 * The seed decides at which point of this cycle the fault starts: a period close to the poll
 * interval would otherwise hit every poll or none.
 */
export function flap(hop: Hop, values: { up_of_poll: number; down_of_poll: number }): FaultValue {
  return faultValue(({ settings, random }) => {
    const kind = "tcp.flap";
    const of_poll = real(0.1, 20, "poll intervals");
    const up_of_poll = bounded(kind, "up_of_poll", values.up_of_poll, of_poll);
    const down_of_poll = bounded(kind, "down_of_poll", values.down_of_poll, of_poll);
    const up_ms = Math.round(up_of_poll * settings.poll_ms);
    const down_ms = Math.round(down_of_poll * settings.poll_ms);
    const phase_ms = Math.floor(random() * (up_ms + down_ms));
    const text =
      `refuses connections for ${down_ms} ms, serves for ${up_ms} ms, in turn from ${phase_ms} ms on`;
    return tcp(kind, hop, { up_ms, down_ms, phase_ms }, text, "listens again");
  });
}
