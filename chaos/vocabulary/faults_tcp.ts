/** What can go wrong with connections. Attributes and their effects are Toxiproxy's. */
import {
  bounded,
  DELAY_MS_MAX,
  FAULT_BYTES_MAX,
  FaultError,
  RATE_KB_PER_S_MAX,
  real,
  SLICE_DELAY_US_MAX,
  whole,
} from "./bounds.ts";
import type { Fault, FaultParams, Hop } from "./fault.ts";
import { type FaultValue, faultValue } from "./fault_value.ts";

const HOP_TEXT: Record<Hop, string> = {
  source: "between data_server and the subject",
  client: "between clients and the subject",
};

/** Fewest bytes an average slice may have; 0 stops the real server. */
const SLICE_BYTES_MIN = 1;

function tcp(
  kind: string,
  hop: Hop,
  params: FaultParams,
  text: string,
  inverse: string,
): Fault {
  return { kind, layer: "tcp", hop, params, text: `${text} ${HOP_TEXT[hop]}`, inverse };
}

function delay(kind: string, name: string, value_ms: number, min_ms = 1): number {
  return bounded(kind, name, value_ms, whole(min_ms, DELAY_MS_MAX, "ms"));
}

/** Every answer comes `delay_ms` later, give or take up to `jitter_ms`. */
export function latency(hop: Hop, values: { delay_ms: number; jitter_ms?: number }): FaultValue {
  return faultValue(() => {
    const kind = "tcp.latency";
    const delay_ms = delay(kind, "delay_ms", values.delay_ms);
    const jitter_ms = delay(kind, "jitter_ms", values.jitter_ms ?? 0, 0);
    if (jitter_ms > delay_ms) {
      throw new FaultError(`${kind} jitter_ms=${jitter_ms}: must be at most delay_ms=${delay_ms}`);
    }
    const jitter = jitter_ms === 0 ? "" : ` ± ${jitter_ms} ms`;
    return tcp(
      kind,
      hop,
      { delay_ms, jitter_ms },
      `delays every answer by ${delay_ms} ms${jitter}`,
      "removes the delay",
    );
  });
}

/** Answers come at `rate_kb_per_s` at most. */
export function bandwidth(hop: Hop, values: { rate_kb_per_s: number }): FaultValue {
  return faultValue(() => {
    const kind = "tcp.bandwidth";
    const rate_kb_per_s = bounded(
      kind,
      "rate_kb_per_s",
      values.rate_kb_per_s,
      whole(1, RATE_KB_PER_S_MAX, "kB/s"),
    );
    return tcp(
      kind,
      hop,
      { rate_kb_per_s },
      `lets ${rate_kb_per_s} kB/s through`,
      "removes the throttle",
    );
  });
}

/** Nobody listens: new connections are refused, open ones are closed. */
export function refuse(hop: Hop): FaultValue {
  return faultValue(() => tcp("tcp.refuse", hop, {}, "refuses every connection", "listens again"));
}

/** Connections open and nothing ever comes back. */
export function hang(hop: Hop): FaultValue {
  return faultValue(() =>
    tcp("tcp.hang", hop, {}, "lets no answer through", "lets answers through")
  );
}

/** Connections are reset, those already open (pooled) too. */
export function reset(hop: Hop): FaultValue {
  return faultValue(() =>
    tcp("tcp.reset", hop, {}, "resets every connection", "lets connections live")
  );
}

/** The end of a connection is told `delay_ms` late. */
export function slowClose(hop: Hop, values: { delay_ms: number }): FaultValue {
  return faultValue(() => {
    const kind = "tcp.slow_close";
    const delay_ms = delay(kind, "delay_ms", values.delay_ms);
    return tcp(kind, hop, { delay_ms }, `closes connections ${delay_ms} ms late`, "closes at once");
  });
}

/** Answers come in small pieces with pauses between them. */
export function slicer(
  hop: Hop,
  values: { average_bytes: number; variation_bytes?: number; delay_us?: number },
): FaultValue {
  return faultValue(() => {
    const kind = "tcp.slicer";
    const bytes = whole(SLICE_BYTES_MIN, FAULT_BYTES_MAX, "B");
    const average_bytes = bounded(kind, "average_bytes", values.average_bytes, bytes);
    // A variation as large as the average makes the real server panic.
    const variation_bytes = bounded(
      kind,
      "variation_bytes",
      values.variation_bytes ?? 0,
      whole(0, average_bytes - 1, "B"),
    );
    const delay_us = bounded(
      kind,
      "delay_us",
      values.delay_us ?? 0,
      whole(0, SLICE_DELAY_US_MAX, "µs"),
    );
    return tcp(
      kind,
      hop,
      { average_bytes, variation_bytes, delay_us },
      `cuts answers into pieces of ${average_bytes} ± ${variation_bytes} B, ${delay_us} µs apart`,
      "sends answers whole",
    );
  });
}

/** A connection ends after `bytes` of answers, headers included. */
export function limitData(hop: Hop, values: { bytes: number }): FaultValue {
  return faultValue(() => {
    const kind = "tcp.limit_data";
    const bytes = bounded(kind, "bytes", values.bytes, whole(1, FAULT_BYTES_MAX, "B"));
    return tcp(
      kind,
      hop,
      { bytes },
      `ends each connection after ${bytes} B of answers`,
      "removes the limit",
    );
  });
}

/**
 * Up and down in turn: connections are refused for `down_of_poll` poll intervals, then served for
 * `up_of_poll`. Where in this cycle it starts is drawn from the seed: a period close to the poll's
 * own would otherwise meet every poll or none.
 */
export function flap(
  hop: Hop,
  values: { up_of_poll: number; down_of_poll: number },
): FaultValue {
  return faultValue(({ settings, random }) => {
    const kind = "tcp.flap";
    const of_poll = real(0.1, 20, "poll intervals");
    const up_of_poll = bounded(kind, "up_of_poll", values.up_of_poll, of_poll);
    const down_of_poll = bounded(kind, "down_of_poll", values.down_of_poll, of_poll);
    const up_ms = Math.round(up_of_poll * settings.poll_ms);
    const down_ms = Math.round(down_of_poll * settings.poll_ms);
    const phase_ms = Math.floor(random() * (up_ms + down_ms));
    return tcp(
      kind,
      hop,
      { up_ms, down_ms, phase_ms },
      `refuses connections for ${down_ms} ms, serves for ${up_ms} ms, in turn from ${phase_ms} ms on`,
      "listens again",
    );
  });
}
