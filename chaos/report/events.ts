/** The events of a run as a list. Pure. */
import type { JournalRecord, LogRecord } from "../journal/mod.ts";
import { counted, instant } from "../judge/mod.ts";
import { clip } from "./text.ts";

/** A row of the list. Repeated events share a row. */
export interface Event {
  t_ms: number;
  /** `lab`, `subject`, … */
  source: string;
  text: string;
  bad: boolean;
}

/** Most rows. A longer list loses its middle. */
export const EVENTS_MAX = 160;

const TEXT_CHARS_MAX = 240;

/** Log events of every poll and every snapshot, which the charts show. */
const COMMON_EVENTS: readonly string[] = ["poll.run", "snapshot.adopted"];

/** Fields of every log line, which have columns of their own or add nothing. */
const COMMON_FIELDS: readonly string[] = ["ts", "level", "service", "event", "config"];

/** The list, with at most {@link EVENTS_MAX} rows and a note about those left out. */
export function eventsOf(records: readonly JournalRecord[]): Event[] {
  const events = merged(
    records.toSorted((a, b) => a.t_ms - b.t_ms).map(eventOf).filter((event) => event !== null),
  );
  if (events.length <= EVENTS_MAX) return events;
  const half = EVENTS_MAX / 2;
  const left_out = events.length - 2 * half;
  const note: Event = {
    t_ms: events[half].t_ms,
    source: "report",
    text: `${counted(left_out, "event")} left out; run.ndjson has them all`,
    bad: false,
  };
  return [...events.slice(0, half), note, ...events.slice(-half)];
}

function eventOf(record: JournalRecord): Event | null {
  const { t_ms } = record;
  const lab = (text: string, bad = false): Event => ({
    t_ms,
    source: "lab",
    text: clip(text, TEXT_CHARS_MAX),
    bad,
  });
  switch (record.kind) {
    case "phase":
      return lab(`phase ${record.phase}`);
    case "fault": {
      const { id, action, took_ms, error } = record;
      const done = `${id} ${action === "on" ? "applied" : "lifted"} in ${took_ms.toFixed(0)} ms`;
      return error === null ? lab(done) : lab(`${id} ${action}: ${error}`, true);
    }
    case "process": {
      const { process, action, pid, code } = record;
      return lab(`${process} (pid ${pid}) ${action}${code === null ? "" : `, exit code ${code}`}`);
    }
    case "trouble":
      return lab(`${record.what}: ${record.detail}`, true);
    case "rollback":
      return lab(
        `rollback: ${record.step}${record.diff.length > 0 ? `: ${record.diff.join("; ")}` : ""}`,
        !record.ok,
      );
    case "end":
      return lab(
        record.clean
          ? "end: everything is as it was"
          : `end: left behind: ${record.left.join("; ")}`,
        !record.clean,
      );
    case "log":
      return logEvent(record);
    default:
      return null;
  }
}

function logEvent({ t_ms, process, line }: LogRecord): Event | null {
  const event = String(line.event ?? "");
  if (COMMON_EVENTS.includes(event)) return null;
  const fields = Object.entries(line).filter(([name]) => !COMMON_FIELDS.includes(name))
    .map(([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`);
  const bad = line.level === "WARN" || line.level === "ERROR";
  const text = clip([event, ...fields].join(" "), TEXT_CHARS_MAX);
  return { t_ms, source: process, text, bad };
}

/** Merges consecutive rows that differ only in numbers, with their count and last time. */
function merged(events: readonly Event[]): Event[] {
  const rows: (Event & { same: string; count: number; last_ms: number })[] = [];
  for (const event of events) {
    const same = `${event.source} ${event.text.replace(/[\d.]+/g, "#")}`;
    const last = rows.at(-1);
    if (last?.same === same && event.source !== "lab") {
      last.count++;
      last.last_ms = event.t_ms;
    } else rows.push({ ...event, same, count: 1, last_ms: event.t_ms });
  }
  return rows.map(({ t_ms, source, text, bad, count, last_ms }) => ({
    t_ms,
    source,
    bad,
    text: count === 1 ? text : `${text} (${count} of these until ${instant(last_ms)})`,
  }));
}
