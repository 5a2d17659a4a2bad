/** Judges programs, ports and the running service of this machine: probes → findings. Pure. */
import type { StatsAnswer } from "../../contracts/mod.ts";
import { type Finding, finding, ok } from "./finding.ts";

/** The Deno version of the tests, the Dockerfiles and CI. */
export const DENO_VERSION = "2.9.6";

export function judgeDeno(version: string): Finding {
  if (version === DENO_VERSION) return ok("Deno", version);
  const [major, minor] = version.split(".").map(Number);
  const [wanted_major, wanted_minor] = DENO_VERSION.split(".").map(Number);
  const advice = `use ${DENO_VERSION}: npx -y deno@${DENO_VERSION} task …`;
  const is_older = major < wanted_major || (major === wanted_major && minor < wanted_minor);
  if (is_older) return finding("broken", "Deno", `${version} is too old`, advice);
  return finding("warning", "Deno", `${version}: tested with ${DENO_VERSION}`, advice);
}

/** Whether a port is free, and which service answers there. */
export interface PortProbe {
  readonly port: number;
  readonly variable: string;
  readonly service: string;
  readonly state: "free" | "taken" | "forbidden";
  /** The service of this project that answers there, or null. */
  readonly answers: string | null;
}

export function judgePort({ port, variable, service, state, answers }: PortProbe): Finding {
  const check = `port ${port}`;
  if (port === 0) return ok(check, `${service} picks a free one (${variable}=0)`);
  if (state === "free") return ok(check, `free for ${service}`);
  if (answers === service) return ok(check, `${service} runs there`);
  const other = `set ${variable} to a free port (0 picks one)`;
  if (state === "forbidden") {
    return finding("broken", check, `${service} may not listen there`, other);
  }
  const holder = answers ?? "another program";
  return finding("broken", check, `${holder} holds it, not ${service}`, `stop it, or ${other}`);
}

/** Whether Toxiproxy answers at its URL. */
export interface ToxiproxyProbe {
  readonly url: string;
  /** Whether `TOXIPROXY_URL` names it; if so, the chaos lab uses no other. */
  readonly is_named: boolean;
  /** Null if no Toxiproxy answers. */
  readonly version: string | null;
}

export function judgeToxiproxy({ url, is_named, version }: ToxiproxyProbe): Finding {
  if (version !== null) return ok("Toxiproxy", `${version} at ${url}`);
  if (is_named) {
    return finding(
      "broken",
      "Toxiproxy",
      `TOXIPROXY_URL=${url}: no Toxiproxy answers there, and the chaos lab uses no other`,
      "start it there, or correct or unset the variable",
    );
  }
  return finding(
    "note",
    "Toxiproxy",
    "not running: only the chaos lab needs it",
    "deno task toxiproxy, or docker compose --profile chaos up",
  );
}

export function judgeK6(version: string | null): Finding {
  if (version !== null) return ok("k6", version);
  return finding(
    "note",
    "k6",
    "not on PATH: optional",
    "deno task k6 runs the same scripts without it",
  );
}

/** The answers of `/readyz` and `/stats`. */
export interface ServiceProbe {
  readonly url: string;
  readonly ready_status: number;
  readonly ready_detail: string;
  readonly stats: StatsAnswer;
}

/** Judges a running metrics_server; null without one. */
export function judgeService(probe: ServiceProbe | null): Finding[] {
  const check = "service";
  if (probe === null) {
    return [finding("note", check, "metrics_server is not started", "deno task dev starts it")];
  }
  const { url, ready_status, ready_detail, stats } = probe;
  const failing = stats.sources.filter(({ consecutive_failures }) => consecutive_failures > 0);
  const findings = failing.map(({ url, circuit, consecutive_failures, last_error }) =>
    finding(
      "broken",
      check,
      `polls of ${url} fail, ${consecutive_failures} in a row (circuit ${circuit}): ` +
        (last_error === null ? "no reason yet" : `${last_error.cause}: ${last_error.detail}`),
      "repair the source; meanwhile the last good data is served",
    )
  );
  if (ready_status !== 200) {
    findings.push(finding("broken", check, ready_detail, `see ${url}/stats`));
  }
  if (stats.log.lines_dropped > 0) {
    findings.push(finding(
      "warning",
      check,
      `${stats.log.lines_dropped} log lines were dropped`,
      "read its stdout faster, write it to a file, or set LOG_LEVEL=WARN",
    ));
  }
  if (findings.length > 0) return findings;
  return [ok(check, `${stats.poller.rows} rows, ${stats.poller.age_ms} ms old; page at ${url}/`)];
}
