/** Every option of scripts, configuration files, variables and flags. */
import { parseAggregation } from "../metrics/threshold_expression.ts";
import type { ThresholdTable } from "../metrics/thresholds.ts";
import {
  anything,
  durationAsWritten,
  flag,
  inside,
  integer,
  listOf,
  LONGER_THAN_ZERO_MS,
  mapOf,
  oneOf,
  parseWith,
  type Reader,
  record,
  text,
  textMap,
  ValueError,
} from "./readers.ts";

/** VUs of one run. */
export const VUS_MAX = 100_000;
/** Iterations of one scenario, or of one VU. */
export const ITERATIONS_MAX = 1e12;
/** Stages of one scenario. */
export const STAGES_MAX = 10_000;
/** Parallel requests of one `http.batch`. */
const BATCH_MAX = 10_000;
/** Redirects of one request. */
const REDIRECTS_MAX = 1000;
/** Requests per second, over all VUs. */
const RPS_MAX = 1e9;

/** A stage as scripts write it. */
interface K6Stage {
  duration: string | number;
  target: number;
}

const VUS = integer(0, VUS_MAX, "VUs");

const STAGE: Reader<K6Stage> = {
  read(value) {
    if (typeof value === "string") {
      throw new ValueError("must be duration:target, as 30s:10", value);
    }
    const { duration, target } = record(value);
    return {
      duration: inside(".duration", () => durationAsWritten().read(duration)),
      target: inside(".target", () => VUS.read(target)),
    };
  },
  parse(text) {
    const [duration, target, ...rest] = text.split(":");
    return target === undefined || rest.length > 0
      ? text
      : { duration: duration.trim(), target: parseWith(VUS, target) };
  },
};

const STAGES: Reader<K6Stage[]> = {
  read(value) {
    const stages = listOf(STAGE).read(value);
    if (stages.length <= STAGES_MAX) return stages;
    throw new ValueError(`must be at most ${STAGES_MAX} stages, got ${stages.length}`, undefined);
  },
  parse: listOf(STAGE).parse,
};

const TREND_STATS: Reader<string[]> = {
  read(value) {
    const stats = listOf(text).read(value);
    stats.forEach((stat, index) =>
      inside(`[${index}]`, () => {
        try {
          const { kind } = parseAggregation(stat);
          if (kind === "rate" || kind === "value") throw new Error(`trends have no ${kind}`);
        } catch (error) {
          throw new ValueError((error as Error).message, stat);
        }
      })
    );
    return stats.map((stat) => stat.trim());
  },
  parse: listOf(text).parse,
};

const THRESHOLD: Reader<ThresholdTable[string][number]> = {
  read(value) {
    if (typeof value === "string") return value;
    const { threshold, abortOnFail, delayAbortEval, ...rest } = record(value);
    const unknown = Object.keys(rest)[0];
    if (unknown !== undefined) {
      throw new ValueError(
        "is unknown: a threshold has threshold, abortOnFail and delayAbortEval",
        undefined,
        `.${unknown}`,
      );
    }
    return {
      threshold: inside(".threshold", () => text.read(threshold)),
      abortOnFail: inside(".abortOnFail", () => flag.read(abortOnFail ?? false)),
      delayAbortEval: inside(
        ".delayAbortEval",
        () => durationAsWritten().read(delayAbortEval ?? 0),
      ),
    };
  },
};

const THRESHOLDS: Reader<ThresholdTable> = mapOf(listOf(THRESHOLD), (metric) => `["${metric}"]`);
const SCENARIOS = mapOf({ read: record });

/** How an option is read, and its K6_* variable. */
export interface OptionEntry<T> {
  reader: Reader<T>;
  variable?: string;
}

function option<T>(reader: Reader<T>, variable?: string): OptionEntry<T> {
  return { reader, variable };
}

/** Options by their name in scripts. */
export const OPTION_TABLE = {
  vus: option(VUS, "K6_VUS"),
  duration: option(durationAsWritten(LONGER_THAN_ZERO_MS), "K6_DURATION"),
  iterations: option(integer(1, ITERATIONS_MAX), "K6_ITERATIONS"),
  stages: option(STAGES, "K6_STAGES"),
  scenarios: option(SCENARIOS),
  thresholds: option(THRESHOLDS),
  setupTimeout: option(durationAsWritten(), "K6_SETUP_TIMEOUT"),
  teardownTimeout: option(durationAsWritten(), "K6_TEARDOWN_TIMEOUT"),
  handleSummaryTimeout: option(durationAsWritten()),
  minIterationDuration: option(durationAsWritten(), "K6_MIN_ITERATION_DURATION"),
  batch: option(integer(0, BATCH_MAX), "K6_BATCH"),
  batchPerHost: option(integer(0, BATCH_MAX), "K6_BATCH_PER_HOST"),
  maxRedirects: option(integer(0, REDIRECTS_MAX), "K6_MAX_REDIRECTS"),
  rps: option(integer(0, RPS_MAX), "K6_RPS"),
  userAgent: option(text, "K6_USER_AGENT"),
  throw: option(flag, "K6_THROW"),
  discardResponseBodies: option(flag, "K6_DISCARD_RESPONSE_BODIES"),
  noConnectionReuse: option(flag, "K6_NO_CONNECTION_REUSE"),
  noVUConnectionReuse: option(flag, "K6_NO_VU_CONNECTION_REUSE"),
  noCookiesReset: option(flag, "K6_NO_COOKIES_RESET"),
  insecureSkipTLSVerify: option(flag, "K6_INSECURE_SKIP_TLS_VERIFY"),
  httpDebug: option(text, "K6_HTTP_DEBUG"),
  hosts: option(textMap),
  blockHostnames: option(listOf(text), "K6_BLOCK_HOSTNAMES"),
  blacklistIPs: option(listOf(text), "K6_BLACKLIST_IPS"),
  tags: option(textMap),
  systemTags: option(listOf(text), "K6_SYSTEM_TAGS"),
  summaryTrendStats: option(TREND_STATS, "K6_SUMMARY_TREND_STATS"),
  summaryTimeUnit: option(oneOf(["s", "ms", "us"]), "K6_SUMMARY_TIME_UNIT"),
  dns: option(anything),
  tlsAuth: option(anything),
  tlsCipherSuites: option(anything),
  tlsVersion: option(anything),
  tlsAIAFetch: option(flag),
  localIPs: option(text),
  executionSegment: option(text, "K6_EXECUTION_SEGMENT"),
  executionSegmentSequence: option(text, "K6_EXECUTION_SEGMENT_SEQUENCE"),
  paused: option(flag, "K6_PAUSED"),
  vusMax: option(anything),
  linger: option(flag, "K6_LINGER"),
  noUsageReport: option(flag, "K6_NO_USAGE_REPORT"),
  ext: option(anything),
  cloud: option(anything),
} satisfies Record<string, OptionEntry<unknown>>;

/** The K6_* variables of options. */
export const OPTION_VARIABLES: readonly string[] =
  (Object.values(OPTION_TABLE) as OptionEntry<unknown>[]).flatMap(({ variable }) => variable ?? []);

export type OptionName = keyof typeof OPTION_TABLE;

/** Options in the form of scripts and of `exec.test.options`. */
export type K6Options = {
  [N in OptionName]?: typeof OPTION_TABLE[N] extends OptionEntry<infer T> ? T : never;
};
