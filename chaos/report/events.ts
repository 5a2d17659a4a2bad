/** What happened in a run, as a list to read. Pure. */
import type { JournalRecord, LogRecord } from "../journal/mod.ts";
import { counted, instant } from "../judge/mod.ts";

/** A row of the list; what came several times in a row is one. */
export interface Event {
  t_ms: number;
  /** Who says it: `lab`, `subject`, … */
  who: string;
  text: string;
  /** Whether it is about something that goes wrong. */
  bad: boolean;
}

/** Most rows; the middle is left out. */
export const EVENTS_MAX = 160;

/** Longest text of a row, in characters. */
const TEXT_CHARS_MAX = 240;

/** Events of a log that come with every poll: told by the charts. */
const COMMON_EVENTS: readonly string[] = ["poll.run"];

/** Fields of every line of a log, which the row's other columns tell. */
const COMMON_FIELDS: readonly string[] = ["ts", "level", "service", "event", "config"];

/** The list, bounded. */
export function eventsOf(records: readonly JournalRecord[]): Event[] {
  const events = together(
    records.toSorted((a, b) => a.t_ms - b.t_ms).map(eventOf).filter((event) => event !== null),
  );
  if (events.length <= EVENTS_MAX) return events;
  const half = EVENTS_MAX / 2;
  const left_out = events.length - 2 * half;
  const note: Event = {
    t_ms: events[half].t_ms,
    who: "report",
    text: `${counted(left_out, "event")} left out here; run.ndjson has them`,
    bad: false,
  };
  return [...events.slice(0, half), note, ...events.slice(-half)];
}

function eventOf(record: JournalRecord): Event | null {
  const { t_ms } = record;
  const lab = (text: string, bad = false): Event => ({ t_ms, who: "lab", text: clip(text), bad });
  switch (record.kind) {
    case "phase":
      return lab(`phase ${record.phase}`);
    case "fault": {
      const { id, action, took_ms, error } = record;
      const done = `${id} ${action === "on" ? "put on" : "lifted"} in ${took_ms.toFixed(0)} ms`;
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
        record.clean ? "end: all is as it was" : `end: left behind: ${record.left.join("; ")}`,
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
  return { t_ms, who: process, text: clip([event, ...fields].join(" ")), bad };
}

/** Rows that say the same but for their numbers become one, with how often and until when. */
function together(events: readonly Event[]): Event[] {
  const rows: (Event & { same: string; count: number; last_ms: number })[] = [];
  for (const event of events) {
    const same = `${event.who} ${event.text.replace(/[\d.]+/g, "#")}`;
    const last = rows.at(-1);
    if (last?.same === same && event.who !== "lab") {
      last.count++;
      last.last_ms = event.t_ms;
    } else rows.push({ ...event, same, count: 1, last_ms: event.t_ms });
  }
  return rows.map(({ t_ms, who, text, bad, count, last_ms }) => ({
    t_ms,
    who,
    bad,
    text: count === 1 ? text : `${text} (${count} of these until ${instant(last_ms)})`,
  }));
}

function clip(text: string): string {
  return text.length <= TEXT_CHARS_MAX ? text : `${text.slice(0, TEXT_CHARS_MAX - 1)}…`;
}
