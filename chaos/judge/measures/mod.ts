/** Every measure a condition can name: what it is called, how it is read and what it depends on. */
import type { Measure } from "../../vocabulary/mod.ts";
import { badDataAccepted } from "./bad_data.ts";
import { coldStartRefusedShare } from "./cold_start.ts";
import { decouplingRatio } from "./decoupling.ts";
import { detect } from "./detect.ts";
import { loadErrorShare, probeErrorShare } from "./error_share.ts";
import { memoryGrowthRatio, socketGrowth } from "./growth.ts";
import { herdRatio } from "./herd.ts";
import { p95, p95Ratio } from "./latency.ts";
import { maxAge } from "./max_age.ts";
import { metastable } from "./metastable.ts";
import type { ReadMeasure } from "./reading.ts";
import { recover } from "./recover.ts";
import { retryAmplification } from "./retry_amplification.ts";
import { unlabelledStale } from "./unlabelled_stale.ts";

/** What is known of a measure. */
export interface MeasureKind {
  /** As it is told: `largest age`. */
  name: string;
  unit: string;
  read: ReadMeasure;
  /** True of a steady state, so that the baseline has to show it before anything is blamed on a fault. */
  steady?: true;
  /** About single answers, right or wrong whatever the network did. */
  integrity?: true;
  /** One sample beyond the bound is enough: what came later cannot take it back. */
  one_is_enough?: true;
  /** Rests on the load's requests. */
  of_load?: true;
  /** Looked at while a fault is on only, whatever spans its condition names. */
  own_span?: true;
}

/** By the name conditions call them. */
export const MEASURES: Readonly<Record<Measure, MeasureKind>> = {
  probe_error_share: {
    name: "failed probes",
    unit: "%",
    read: probeErrorShare,
    steady: true,
  },
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
    name: "unlabelled stale answers",
    unit: "",
    read: unlabelledStale,
    integrity: true,
    one_is_enough: true,
  },
  bad_data_accepted: {
    name: "answers with bad data",
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
    name: "polls at the larger load over polls at the smaller",
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
  socket_growth: { name: "growth of sockets", unit: "", read: socketGrowth, own_span: true },
  memory_growth_ratio: {
    name: "growth of memory",
    unit: "×",
    read: memoryGrowthRatio,
    own_span: true,
  },
  cold_start_refused_share: {
    name: "answers before any data that refuse with a reason",
    unit: "%",
    read: coldStartRefusedShare,
    own_span: true,
  },
};
