/** The load's own answers, counted by snapshot, cell and value. */
import type { LoadAnswers } from "../../journal/mod.ts";
import { CSV_VALUE, readValueAnswer, type Subject, valuePath } from "../../subject/mod.ts";
import type { Random } from "../../vocabulary/mod.ts";
import { type Cell, drawCells, type SourceTable } from "../probes/source_watch.ts";

/** Most cells that a load requests: their paths are part of its command line. */
const LOAD_CELLS_MAX = 128;
/** Most distinct answers that a window keeps. The load of a short version has about 40. */
export const LOAD_ANSWERS_MAX = 512;

/** What a load requests, and how its answers are read. */
export interface LoadTarget {
  readonly cells: readonly Cell[];
  readonly paths: readonly string[];
  /** Whether the load's program passes the answers on: a whole table is too long. */
  readonly has_answers: boolean;
  /** An answer as `bench/k6/lib/requests.js` writes it; null for any other text. */
  read(answer: string): LoadAnswer | null;
}

export interface LoadAnswer {
  /** Number of the cell. */
  readonly cell: number;
  /** Time of the request, in epoch ms. */
  readonly sent_ms: number;
  /** The younger one, if header and body have an age. */
  readonly age_ms: number | null;
  readonly value: string | null;
  readonly snapshot_id: string | null;
}

export function loadTarget(subject: Subject, table: SourceTable, random: Random): LoadTarget {
  const cells = drawCells(table, random, LOAD_CELLS_MAX);
  const encoder = new TextEncoder();
  return {
    cells,
    paths: cells.map(({ switch_id, metric }) => valuePath(subject, switch_id, metric)),
    has_answers: subject.value !== null && subject.value !== CSV_VALUE,
    read(answer) {
      const match = /^(\d+) (\d+) (\d*) (.*)$/s.exec(answer);
      const cell = match === null ? undefined : cells[Number(match[1])];
      if (match === null || cell === undefined) return null;
      const [, number, sent, header_age, body] = match;
      const at_ms = Number(sent);
      const headers: [string, string][] = header_age === "" ? [] : [[DATA_AGE, header_age]];
      const { age_ms, body_age_ms, value, snapshot_id } = readValueAnswer(
        subject,
        { headers, body: encoder.encode(body) },
        { ...cell, at_ms },
      );
      const ages = [age_ms, body_age_ms ?? null].filter((one) => one !== null);
      return {
        cell: Number(number),
        sent_ms: at_ms,
        age_ms: ages.length === 0 ? null : Math.min(...ages),
        value,
        snapshot_id,
      };
    },
  };
}

/** The header whose value the load's program passes on. */
const DATA_AGE = "x-data-age-ms";

interface Group {
  first_ms: number;
  sent_max_ms: number;
  taken_max_ms: number | null;
  /** By cell and value. */
  readonly counts: Map<string, [cell: number, value: string | null, count: number]>;
}

/** The answers of one window. Times are in ms since `epoch_of_start_ms`. */
export class AnswerCounts {
  readonly #epoch_of_start_ms: number;
  readonly #groups = new Map<string | null, Group>();
  #distinct = 0;
  #left_out = 0;

  constructor(epoch_of_start_ms: number) {
    this.#epoch_of_start_ms = epoch_of_start_ms;
  }

  /** @param epoch_ms Time of the answer. */
  add({ cell, sent_ms, age_ms, value, snapshot_id }: LoadAnswer, epoch_ms: number): void {
    if (this.#distinct >= LOAD_ANSWERS_MAX) {
      this.#left_out++;
      return;
    }
    const answered_ms = epoch_ms - this.#epoch_of_start_ms;
    const requested_ms = sent_ms - this.#epoch_of_start_ms;
    const group = this.#groups.getOrInsertComputed(snapshot_id, () => ({
      first_ms: Infinity,
      sent_max_ms: -Infinity,
      taken_max_ms: null,
      counts: new Map(),
    }));
    group.first_ms = Math.min(group.first_ms, answered_ms);
    group.sent_max_ms = Math.max(group.sent_max_ms, requested_ms);
    if (age_ms !== null) {
      group.taken_max_ms = Math.max(group.taken_max_ms ?? -Infinity, requested_ms - age_ms);
    }
    const counted = group.counts.getOrInsertComputed(`${cell} ${value}`, () => {
      this.#distinct++;
      return [cell, value, 0];
    });
    counted[2]++;
  }

  /** The fields of the window's record; none without answers. */
  record(): { answers?: LoadAnswers[]; answers_left_out?: number } {
    if (this.#groups.size === 0) return {};
    const answers = [...this.#groups].map(([snapshot_id, { counts, first_ms, ...times }]) => ({
      snapshot_id,
      first_ms: Math.round(first_ms * 1000) / 1000,
      ...times,
      values: [...counts.values()],
    }));
    return this.#left_out === 0 ? { answers } : { answers, answers_left_out: this.#left_out };
  }
}
