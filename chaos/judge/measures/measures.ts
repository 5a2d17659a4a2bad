/** Every measure a condition can name. */
import type { Measure } from "../../vocabulary/mod.ts";
import { maxAge } from "./ages.ts";
import { coldStartRefusedShare, loadErrorShare, probeErrorShare } from "./errors.ts";
import { memoryGrowthRatio, socketGrowth } from "./growth.ts";
import { badDataAccepted, unlabelledStale } from "./integrity.ts";
import { p95, p95Ratio } from "./latency.ts";
import { decouplingRatio, herdRatio, retryAmplification } from "./poll_rates.ts";
import { detect } from "./polls.ts";
import type { ReadMeasure } from "./reading.ts";
import { metastable, recover } from "./recovery.ts";

interface MeasureKind {
  /** Name in reports: `largest age`. */
  name: string;
  unit: string;
  read: ReadMeasure;
  /** True in a steady state, so the baseline must show it before a fault can be blamed. */
  steady?: true;
  /** About single responses, which are right or wrong whatever the network does. */
  integrity?: true;
  /** One sample beyond the bound decides: later samples cannot undo it. */
  one_is_enough?: true;
  /** Based on the load's requests. */
  of_load?: true;
  /** Has spans of its own, instead of those of its condition. */
  own_span?: true;
}

/** By the name that conditions use. */
export const MEASURES: Readonly<Record<Measure, MeasureKind>> = {
  probe_error_share: { name: "failed probes", unit: "%", read: probeErrorShare, steady: true },
  load_error_share: {
    name: "failed requests",
    unit: "%",
    read: loadErrorShare,
    steady: true,
    of_load: true,
  },
  p95_ms: { name: "p95", unit: "ms", read: p95, steady: true, of_load: true },
  p95_ratio: {
    name: "p95 under fault over baseline",
    unit: "×",
    read: p95Ratio,
    of_load: true,
    own_span: true,
  },
  age_max_ms: {
    name: "largest age",
    unit: "ms",
    read: maxAge,
    steady: true,
    one_is_enough: true,
  },
  unlabelled_stale: {
    name: "unlabelled stale responses",
    unit: "",
    read: unlabelledStale,
    integrity: true,
    one_is_enough: true,
  },
  bad_data_accepted: {
    name: "responses with bad data",
    unit: "",
    read: badDataAccepted,
    integrity: true,
    one_is_enough: true,
  },
  detect_ms: { name: "time to detect", unit: "ms", read: detect, own_span: true },
  recover_ms: {
    name: "time to recover",
    unit: "ms",
    read: recover,
    own_span: true,
    one_is_enough: true,
  },
  retry_amplification: {
    name: "retry amplification",
    unit: "×",
    read: retryAmplification,
    own_span: true,
  },
  herd_ratio: { name: "herd after the lift", unit: "×", read: herdRatio, own_span: true },
  decoupling_ratio: {
    name: "poll rate under more load over baseline",
    unit: "×",
    read: decouplingRatio,
    of_load: true,
    own_span: true,
  },
  metastable: {
    name: "still failing long after the lift",
    unit: "",
    read: metastable,
    own_span: true,
    one_is_enough: true,
  },
  socket_growth: { name: "socket growth", unit: "", read: socketGrowth, own_span: true },
  memory_growth_ratio: {
    name: "memory growth",
    unit: "×",
    read: memoryGrowthRatio,
    own_span: true,
  },
  cold_start_refused_share: {
    name: "responses before any data that are 503 with a reason",
    unit: "%",
    read: coldStartRefusedShare,
    own_span: true,
  },
};
