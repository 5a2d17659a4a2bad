/** Description of a program under test. */
import { isSecretName, secretsOf } from "../../platform/mod.ts";
import type { Measure } from "../vocabulary/mod.ts";

/** Units of an age, in milliseconds; null: not an age, but the time of the data since the epoch. */
export const AGE_UNITS = { ms: 1, s: 1_000, us: 0.001, epoch_ms: null } as const;

export type AgeUnit = keyof typeof AGE_UNITS;

/**
 * Location of the data's age in an answer; null if answers have no age. With both, the header's age
 * is the answer's, and the body's is compared with it.
 */
export type AgePlace =
  | { readonly unit: AgeUnit }
    & (
      | { readonly header: string; readonly pointer?: string }
      | { readonly pointer: string }
    )
  | null;

/** Counters of a poller. */
export const POLLER_KEYS = [
  "polls",
  "failures",
  "failures_by_cause",
  "circuit",
  "event_loop_block_max_ms",
] as const;

/** What a replica reports of its place in the set. */
export const REPLICA_KEYS = ["role", "fence"] as const;

export const REPLICAS_MAX = 16;

/** `value` of a subject that answers with the source's whole CSV. */
export const CSV_VALUE = "csv";

/** JSON pointers into a list; the members of an item are its metrics by name. */
export interface ListPlaces {
  readonly items: string;
  /** Member of an item. */
  readonly switch_id: string;
  readonly snapshot_id: string | null;
  /** The age in the body, in the unit of {@link Subject.age}. */
  readonly age: string | null;
}

/** A program that polls a source and serves its data. */
export interface Subject {
  readonly name: string;
  /** How many are started, 1–16, unless a scenario needs more. */
  readonly replicas: number;
  /** Program and arguments, with {@link PLACEHOLDERS}. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** With {@link PLACEHOLDERS}. */
  readonly env: Readonly<Record<string, string>>;
  /** Path of the source in `{upstream}`. */
  readonly upstream_path: string;
  /** Path that is answered, with any status, as soon as the process serves. */
  readonly alive: string;
  /** Path that returns 200 once there is data. */
  readonly ready: string;
  readonly probes: {
    /** With `{switch_id}` and `{metric}`. */
    readonly value: string;
    readonly list: string | null;
    readonly stats: string | null;
  };
  readonly age: AgePlace;
  /** JSON pointers into the answer to the value probe; `value` may be {@link CSV_VALUE}. */
  readonly value: string | null;
  readonly snapshot_id: string | null;
  /** Places in the answer to `probes.list`; null if the lab cannot read it. */
  readonly list: ListPlaces | null;
  /** JSON pointers (RFC 6901) into the answer of `probes.stats`; null for missing counters. */
  readonly poller: Readonly<Record<typeof POLLER_KEYS[number], string | null>>;
  /** The same for the replica. */
  readonly replica: Readonly<Record<typeof REPLICA_KEYS[number], string | null>>;
  /** Prints the program's version; null if the version does not matter. */
  readonly version: readonly string[] | null;
  /** How to install the program, for the user; null if it needs no installation. */
  readonly install: string | null;
  /** Measures of functions that the program does not have, and why. */
  readonly not_offered: Readonly<Partial<Record<Measure, string>>>;
}

/** Names in braces that `command` and `env` may contain. */
export const PLACEHOLDERS = [
  "upstream",
  "port",
  "poll_ms",
  "poll_timeout_ms",
  "backoff_max_ms",
  "lease_ms",
  "max_stale_ms",
  "store",
  "dir",
] as const;

/** Replaces names in braces by their values; keeps unknown names. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Whether the subject has a place for the store's URL. */
export function usesStore({ command, env }: Pick<Subject, "command" | "env">): boolean {
  return [...command, ...Object.values(env)].some((text) => text.includes("{store}"));
}

/** Path of the value probe for one cell, percent-encoded. */
export function valuePath(subject: Subject, switch_id: string, metric: string): string {
  return fillIn(subject.probes.value, {
    switch_id: encodeURIComponent(switch_id),
    metric: encodeURIComponent(metric),
  });
}

/** Shortest secret that is searched in texts: shorter ones occur in ordinary words. */
const SECRET_CHARS_MIN = 4;

/** `--api-key=abc`, `TOKEN=abc`. */
const ASSIGNMENT = /^-{0,2}([^=]+)=(.*)$/s;

/** Credentials in a subject's environment, its arguments and its source's path. */
export function secretsOfSubject(
  subject: Pick<Subject, "command" | "env" | "upstream_path"> | undefined,
  more_env: Readonly<Record<string, string>> = {},
): string[] {
  const { command, env, upstream_path } = subject ?? { command: [], env: {}, upstream_path: "" };
  const pairs = [...Object.entries(env), ...Object.entries(more_env)];
  command.forEach((word, i) => {
    const [, name, value] = ASSIGNMENT.exec(word) ?? [];
    if (name !== undefined) pairs.push([name, value]);
    else if (i > 0 && command[i - 1].startsWith("-")) pairs.push([command[i - 1], word]);
  });
  const found = pairs.filter(([name]) => isSecretName(name)).map(([, value]) => value)
    .filter((value) => value.length >= SECRET_CHARS_MIN && fillIn(value, ANY) === value);
  const urls = [...pairs.map(([, value]) => value), ...command, `http://host${upstream_path}`];
  return [...new Set([...found, ...urls.flatMap(secretsOf)])]
    .sort((a, b) => b.length - a.length);
}

/** A value for each placeholder, to recognise texts with placeholders. */
const ANY = Object.fromEntries(PLACEHOLDERS.map((name) => [name, ""]));
