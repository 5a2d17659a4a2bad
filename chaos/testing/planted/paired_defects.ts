/** Defects that only two faults at once show, and what `explore` must find of them. */
import type { Measure } from "../../vocabulary/mod.ts";

/** A defect that needs two faults at once, so that no scenario with one fault finds it. */
interface PairedDefect {
  readonly defect: string;
  /** Completes "a cache that …". */
  readonly what: string;
  /** Any of the measures that show it. */
  readonly by: readonly Measure[];
  /** Kinds of the two faults; a place follows a space. */
  readonly faults: readonly [first: readonly string[], second: readonly string[]];
  /** With this seed, `explore` finds it within so many runs. */
  readonly seed: number;
  readonly runs: number;
}

/** Faults under which polls fail. */
const FAILING = [
  "tcp.reset source",
  "tcp.refuse source",
  "tcp.hang source",
  "tcp.flap source",
  "tcp.latency source",
  "tcp.limit_data source",
  "http.status",
  "http.html",
  "http.cut_body",
  "http.torn_rows",
  "http.duplicate_column",
  "http.wrong_length",
  "http.slow_first_byte",
  "http.slow_drip",
  "http.oversized_body",
  "http.endless_body",
  "process.kill data_server",
  "process.restart data_server",
  "process.freeze data_server",
  "tcp.bandwidth source",
  "tcp.slicer source",
] as const;

const STOPPED: readonly Measure[] = ["metastable", "recover_ms", "age_max_ms"];

export const PAIRED = [
  {
    defect: "stops_at_slow_reset",
    what: "stops polling when the connection breaks within a slow body",
    by: STOPPED,
    faults: [
      ["http.slow_drip", "tcp.bandwidth source", "tcp.slicer source", "tcp.latency source"],
      [
        "tcp.reset source",
        "tcp.refuse source",
        "tcp.flap source",
        "tcp.limit_data source",
        "http.cut_body",
        "process.kill data_server",
        "process.restart data_server",
        "process.restart_both",
      ],
    ],
    seed: 1230,
    runs: 60,
  },
  {
    defect: "clears_at_clock_step",
    what: "drops its data when the source's clock was set back during an outage",
    by: ["probe_error_share", "load_error_share", ...STOPPED],
    faults: [["http.clock_skew"], FAILING],
    seed: 368,
    runs: 60,
  },
  {
    defect: "sheds_in_outage",
    what: "refuses clients when there are more of them during an outage",
    by: ["probe_error_share", "load_error_share"],
    faults: [["resource.load_step"], FAILING],
    seed: 143,
    runs: 60,
  },
] as const satisfies readonly PairedDefect[];
