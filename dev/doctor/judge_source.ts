/** Judges a source of telemetry by one request: probe → findings. Pure. */
import type { PollCause } from "../../contracts/mod.ts";
import {
  type AnswerTimes,
  CsvParser,
  dataTime,
  isUtf8,
  type ParsedBody,
  ParseError,
  readRowTimes,
  type TimeSettings,
} from "../../metrics_server/mod.ts";
import { type Finding, finding, ok } from "./finding.ts";

const LF = 10;
const CR = 13;

/** Largest difference of two clocks that count as equal; a `Date` header has whole seconds. */
const SKEW_MS_MAX = 2_000;

const TOO_STALE = "over MAX_STALE_MS: nothing is served";

/** The outcome of one request. */
export interface SourceProbe {
  readonly url: string;
  /** Whether UPSTREAM_URL names it; else it is the simulator, which need not run yet. */
  readonly is_named: boolean;
  readonly outcome:
    | { readonly kind: "failed"; readonly cause: PollCause; readonly detail: string }
    | {
      readonly kind: "answered";
      readonly status: number;
      readonly body: Uint8Array;
      readonly is_cut: boolean;
    } & AnswerTimes;
}

interface SourceSettings {
  readonly id_columns: readonly (readonly string[])[];
  readonly row_times: TimeSettings;
  readonly max_stale_ms: number;
}

const ADVICE: Partial<Record<PollCause, string>> = {
  refused: "start the source, or correct UPSTREAM_URL (host, port)",
  dns: "correct the host in UPSTREAM_URL",
  tls: "check the certificate, or use http:// instead of https://",
  timeout: "check that it answers curl; if it is slow, raise POLL_TIMEOUT_MS",
  encoding: "correct Content-Encoding or charset at the source: curl -i shows both",
};

export function judgeSource(probe: SourceProbe, settings: SourceSettings): Finding[] {
  const { outcome, url } = probe;
  const check = "source";
  if (outcome.kind === "failed") {
    if (!probe.is_named && outcome.cause === "refused") {
      return [finding("note", check, `${url}: not started`, "deno task dev starts it")];
    }
    const advice = ADVICE[outcome.cause] ?? `see its answer: curl -i '${url}'`;
    return [finding("broken", check, `${url}: ${outcome.cause}: ${outcome.detail}`, advice)];
  }
  const { status } = outcome;
  if (status !== 200) {
    const advice = status === 404
      ? "correct the path in UPSTREAM_URL: /counters, or /csv/metrics of UFM"
      : status === 401 || status === 403
      ? "put user and password into UPSTREAM_URL: http://user:password@host/…"
      : `see its answer: curl -i '${url}'`;
    return [finding("broken", check, `${url}: answers ${status}`, advice)];
  }
  return [
    ok(check, `${url}: answers in ${Math.round(outcome.answered_ms - outcome.requested_ms)} ms`),
    judgeCsv(outcome.body, outcome.is_cut, settings.id_columns),
    judgeClock(outcome, settings.max_stale_ms),
    ...judgeAge(outcome, settings.max_stale_ms),
    ...judgeRowTimes(outcome, settings),
  ];
}

export function judgeCsv(
  body: Uint8Array,
  is_cut: boolean,
  id_columns: readonly (readonly string[])[],
): Finding {
  const check = "CSV";
  const parser = new CsvParser({ id_columns });
  try {
    parser.push(wholeLines(body, is_cut));
    const parsed = parser.finish();
    const { header, table } = parsed;
    const found = `${table.rows} rows${is_cut ? " and more" : ""}, ` +
      `${header.fields.length} values each, identified by ${identityOf(header)}`;
    const doubts = doubtsOf(parsed);
    if (doubts.length === 0) return ok(check, found);
    return finding(
      "warning",
      check,
      [found, ...doubts.map(({ found }) => found)].join("; "),
      doubts.map(({ advice }) => advice).join("; "),
    );
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const advice = error.cause_word === "no_id_column"
      ? "name the columns that identify a row in ID_COLUMNS"
      : error.cause_word === "html" || error.cause_word === "json"
      ? "this is not the CSV endpoint: correct the path in UPSTREAM_URL"
      : "correct it at the source: metrics_server would refuse this body too";
    return finding("broken", check, `${error.cause_word}: ${error.message}`, advice);
  }
}

function wholeLines(body: Uint8Array, is_cut: boolean): Uint8Array {
  const end = Math.max(body.lastIndexOf(LF), body.lastIndexOf(CR)) + 1;
  return is_cut ? body.subarray(0, end) : body;
}

/** Judges the rows' own times. No finding without a time column, and for a body that is refused. */
export function judgeRowTimes(
  { body, is_cut, answered_ms }: { body: Uint8Array; is_cut: boolean; answered_ms: number },
  { id_columns, row_times, max_stale_ms }: SourceSettings,
): Finding[] {
  const check = "row times";
  const parser = new CsvParser({ id_columns });
  try {
    parser.push(wholeLines(body, is_cut));
    const { header, table } = parser.finish();
    const { stats, newest_ms } = readRowTimes(header.names, table, answered_ms, row_times);
    if (stats === null) return [];
    const { column, unit, problem, detail } = stats;
    const age_ms = Math.max(0, answered_ms - newest_ms);
    const newest = `column ${column} in ${unit}, the newest ${seconds(age_ms)} s old`;
    if (age_ms > max_stale_ms) {
      const advice = "check that the source still collects, and its clock; or raise MAX_STALE_MS";
      return [finding("broken", check, `${newest}, ${TOO_STALE}`, advice)];
    }
    if (problem === null) return [ok(check, newest)];
    const advice = unit === null
      ? "until then ages count from the snapshot or the fetch, so old rows look fresh"
      : "until then the readable times are used";
    return [finding("warning", check, `column ${column}: ${problem}: ${detail}`, advice)];
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return [];
  }
}

function identityOf({ names, identities }: ParsedBody["header"]): string {
  return identities.map((set) => set.map((column) => names[column]).join(":")).join(" or ");
}

/** What metrics_server leaves out of a body that it serves. */
function doubtsOf({ header, table, bad_rows, bad_samples, uneven_rows }: ParsedBody) {
  const doubts: { found: string; advice: string }[] = [];
  if (!isUtf8(table.bytes, 0, table.length)) {
    doubts.push({
      found: "not all of it is UTF-8",
      advice: "rows whose ids are not UTF-8 are left out; declare the charset in Content-Type",
    });
  }
  if (bad_rows > 0) {
    const [{ line, reason }] = bad_samples;
    doubts.push({
      found: `${bad_rows} bad, first in line ${line}: ${reason}`,
      advice: "bad rows are left out; correct them at the source",
    });
  }
  if (uneven_rows > 0) {
    doubts.push({
      found: `${uneven_rows} rows lack empty cells at their end, or have extra ones`,
      advice: "they are served; write the same number of delimiters in each line",
    });
  }
  if (header.repeated.length > 0) {
    doubts.push({
      found: `repeated columns: ${header.repeated.map((name) => JSON.stringify(name)).join(", ")}`,
      advice: "they are left out; give each column its own name",
    });
  }
  return doubts;
}

/** Judges the difference between the source's clock and this machine's. */
export function judgeClock(
  { date_ms, snapshot_ts, requested_ms, answered_ms }: AnswerTimes,
  max_stale_ms: number,
): Finding {
  const check = "clocks";
  const advice = "synchronize both clocks by NTP: ages are computed from them";
  if (snapshot_ts - answered_ms > SKEW_MS_MAX) {
    const ahead_s = seconds(snapshot_ts - answered_ms);
    return finding("warning", check, `the snapshot is ${ahead_s} s in the future`, advice);
  }
  if (Number.isNaN(date_ms)) {
    return ok(check, "the source sends no time: ages count from the fetch");
  }
  // The true time lies within the second of the header, and between request and answer.
  const behind_ms = Math.max(0, requested_ms - (date_ms + 1_000));
  const ahead_ms = Math.max(0, date_ms - answered_ms);
  const off_ms = Math.max(behind_ms, ahead_ms);
  if (off_ms <= SKEW_MS_MAX) return ok(check, `within ${SKEW_MS_MAX / 1_000} s of each other`);
  const direction = behind_ms > 0 ? "behind" : "ahead";
  const found = `the source's clock is ${seconds(off_ms)} s ${direction}`;
  return behind_ms > max_stale_ms
    ? finding("broken", check, `${found}, ${TOO_STALE}`, advice)
    : finding("warning", check, found, advice);
}

/** Judges the age that the answer's headers report. No finding within MAX_STALE_MS. */
export function judgeAge(times: AnswerTimes, max_stale_ms: number): Finding[] {
  const age_ms = times.answered_ms - dataTime(times).not_after_ms;
  if (age_ms <= max_stale_ms) return [];
  const found = `its headers date the data ${seconds(age_ms)} s back, ${TOO_STALE}`;
  return [
    finding("broken", "age", found, "see X-Snapshot-Ts, X-Data-Age-Ms, Age and Date: curl -i"),
  ];
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
