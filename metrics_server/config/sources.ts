/** Variables of what is polled, and how its rows and columns are read. */
import {
  readShard,
  ROW_TIME_COLUMNS,
  type Shard,
  SHARDS_MAX,
  TIME_UNITS,
} from "../../contracts/mod.ts";
import { choice, commaList, type Config, integer, text, urlList } from "../../platform/mod.ts";
import type { ColumnSettings } from "../snapshot/mod.ts";

export const SOURCES_SPEC = {
  UPSTREAM_URL: urlList({
    default: "http://127.0.0.1:9001/counters",
    max: 16,
    description: "Sources to poll, separated by commas; shards of one fabric, or several fabrics",
  }),
  UPSTREAM_CA_FILE: text({
    default: "",
    description: "File of the authorities (PEM) that sources' certificates may come from, beside " +
      "the public ones; read again when it changes, as are the three after it",
  }),
  UPSTREAM_CERT_FILE: text({
    default: "",
    description: "File of the certificate (PEM) that metrics_server shows to sources",
  }),
  UPSTREAM_KEY_FILE: text({
    default: "",
    description: "File of that certificate's key (PEM)",
  }),
  UPSTREAM_TOKEN_FILE: text({
    default: "",
    description: "File of a bearer token that is sent to every source whose URL has no user",
  }),
  POLL_MS: integer({
    default: 1500,
    min: 100,
    max: 3_600_000,
    unit: "ms",
    description: "Time from one poll of a source to the next",
  }),
  POLL_TIMEOUT_MS: integer({
    default: 2000,
    min: 50,
    max: 600_000,
    unit: "ms",
    description: "Longest time one poll may take, from connecting to the body's last byte",
  }),
  BACKOFF_MAX_MS: integer({
    default: 5000,
    min: 100,
    max: 3_600_000,
    unit: "ms",
    description:
      "Longest delay after a failed poll (POLL_MS if longer); a longer Retry-After is honoured, up to 5 min",
  }),
  UPSTREAM_MAX_BYTES: integer({
    default: 24 * 1024 * 1024,
    min: 1024,
    max: 1024 * 1024 * 1024,
    unit: "bytes",
    description: "Longest body taken from a source, after decompression",
  }),
  UPSTREAM_MAX_ROWS: integer({
    default: 250_000,
    min: 1,
    max: 50_000_000,
    unit: "rows",
    description: "Most rows taken from a source; of a shard, rows it keeps",
  }),
  UPSTREAM_MAX_CELLS: integer({
    default: 4_000_000,
    min: 1,
    max: 250_000_000,
    unit: "cells",
    description: "Most cells, rows × columns, taken from a source; of a shard, of rows it keeps",
  }),
  ID_COLUMNS: text({
    default: "",
    pattern: /^$|[^\s,|]/,
    must_be: "column names separated by commas, alternatives by |",
    description: "Columns that identify a row, in any case; alternatives after | for rows with " +
      "an empty cell there; empty: switch_id, else node_guid with port_num, port_number or " +
      "port, else sys_image_guid with aport",
  }),
  TIME_COLUMN: text({
    default: "",
    description: "Column with the time of each row, in any case; empty: " +
      `the first of ${ROW_TIME_COLUMNS.join(", ")} with readable times`,
  }),
  TIME_UNIT: choice({
    default: "auto",
    of: ["auto", ...TIME_UNITS],
    description: "Unit of row times: epoch s, ms, us, ns, or iso8601; auto: by their size and form",
  }),
  COUNTER_COLUMNS: text({
    default: "",
    description:
      "Further columns that are counters, as names in any case or beginnings with *, separated by " +
      "commas; empty: UFM's and data_server's, and whole numbers that never decrease",
  }),
  LABEL_COLUMNS: text({
    default: "",
    description:
      "Further columns that are labels, not metrics, written as in COUNTER_COLUMNS, which yields " +
      "to it; empty: UFM's, such as node_description and every GUID, and columns of text",
  }),
  SHARD: text({
    default: "",
    problemOf: (value) =>
      readShard(value) === null
        ? `must be i/n with 0 ≤ i < n ≤ ${SHARDS_MAX}, e.g. 0/4`
        : undefined,
    description:
      "Shard to keep, i/n with i from 0: rows whose id has crc32(id) % n = i; other ids " +
      "are answered 421; empty: all rows",
  }),
};

type SourcesConfig = Config<typeof SOURCES_SPEC>;

/** Settings of the poller of each source. */
export function sourceSettings(config: SourcesConfig) {
  return config.UPSTREAM_URL.map((url) => ({
    url,
    poll_ms: config.POLL_MS,
    timeout_ms: config.POLL_TIMEOUT_MS,
    backoff_max_ms: config.BACKOFF_MAX_MS,
    bytes_max: config.UPSTREAM_MAX_BYTES,
    limits: {
      bytes_max: config.UPSTREAM_MAX_BYTES,
      rows_max: config.UPSTREAM_MAX_ROWS,
      cells_max: config.UPSTREAM_MAX_CELLS,
    },
    id_columns: idColumns(config),
    row_times: { column: config.TIME_COLUMN, unit: config.TIME_UNIT },
    columns: columnSettings(config),
    shard: shardOf(config),
  }));
}

/** Alternative sets of columns in `ID_COLUMNS`, such as `a,b|c,d`; none if it is empty. */
export function idColumns({ ID_COLUMNS }: Pick<SourcesConfig, "ID_COLUMNS">): string[][] {
  return ID_COLUMNS.split("|")
    .map(commaList)
    .filter((set) => set.length > 0);
}

/** `COUNTER_COLUMNS` and `LABEL_COLUMNS`. */
function columnSettings({ COUNTER_COLUMNS, LABEL_COLUMNS }: SourcesConfig): ColumnSettings {
  return { counters: commaList(COUNTER_COLUMNS), labels: commaList(LABEL_COLUMNS) };
}

/** `SHARD`; undefined if all rows are kept. */
export function shardOf({ SHARD }: Pick<SourcesConfig, "SHARD">): Shard | undefined {
  return readShard(SHARD) ?? undefined;
}
