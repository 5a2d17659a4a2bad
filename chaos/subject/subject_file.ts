/**
 * Subject files: JSON descriptions of programs under test.
 *
 * ```json
 * {
 *   "name": "my-cache",
 *   "command": ["deno", "run", "-A", "cache.ts", "--port={port}"],
 *   "env": { "SOURCE_URL": "{upstream}", "POLL_MS": "{poll_ms}" },
 *   "ready": "/readyz",
 *   "probes": { "value": "/value?id={switch_id}&field={metric}" },
 *   "age": { "header": "age", "unit": "s" },
 *   "value": "/value"
 * }
 * ```
 */
import { AGE_UNITS, type AgePlace, type AgeUnit, PLACEHOLDERS, type Subject } from "./subject.ts";

const KEYS = [
  "name",
  "command",
  "cwd",
  "env",
  "upstream_path",
  "alive",
  "ready",
  "probes",
  "age",
  "value",
  "snapshot_id",
  "poller",
];
const PROBE_KEYS = ["value", "list", "stats"];
const POLLER_KEYS = [
  "polls",
  "failures",
  "failures_by_cause",
  "circuit",
  "event_loop_block_max_ms",
];

/** Longest subject file, in characters. */
const SUBJECT_FILE_CHARS_MAX = 65_536;

/** An invalid subject file; the message has a line for each mistake. */
export class SubjectFileError extends Error {
  override name = "SubjectFileError";
}

/**
 * Parses a subject file.
 *
 * @param path Used in messages; a relative `cwd` starts at its folder.
 * @throws {SubjectFileError} a line for each mistake: `cache.json: env.PORT: must be text, got
 * 8080`
 */
export function parseSubject(text: string, path: string): Subject {
  const problems = new FileProblems();
  const throwIfAny = () => {
    if (problems.list.length === 0) return;
    throw new SubjectFileError(problems.list.map((problem) => `${path}: ${problem}`).join("\n"));
  };
  const file = problems.object("", jsonOf(text, problems), KEYS);
  if (Object.keys(file).length === 0) throwIfAny(); // do not report every key as missing
  const subject = readSubject(file, folderOf(path), problems);
  throwIfAny();
  return subject;
}

/** Reads a subject file. Throws {@link SubjectFileError}. */
export async function readSubjectFile(path: string): Promise<Subject> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new SubjectFileError(`Cannot read the subject file ${path}: ${(error as Error).message}`);
  }
  return parseSubject(text, path);
}

function jsonOf(text: string, problems: FileProblems): unknown {
  if (text.length > SUBJECT_FILE_CHARS_MAX) {
    problems.add("", `${text.length} characters long: at most ${SUBJECT_FILE_CHARS_MAX}`);
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    problems.add("", `not JSON: ${(error as Error).message}`);
    return undefined;
  }
}

function readSubject(
  file: Record<string, unknown>,
  folder: string,
  problems: FileProblems,
): Subject {
  const command = problems.texts("command", file.command);
  const env = Object.fromEntries(
    Object.entries(problems.object("env", file.env ?? {}, null))
      .map(([name, value]) => [name, problems.text(`env.${name}`, value)]),
  );
  const places = [["command", command.join(" ")], ...Object.entries(env)];
  for (const [at, text] of places) checkPlaceholders(at, text, problems);
  for (const name of ["upstream", "port"]) {
    if (command.length === 0 || places.some(([, text]) => text.includes(`{${name}}`))) {
      continue;
    }
    const what = name === "port" ? "port to listen on" : "source to poll";
    problems.add("", `neither command nor env has {${name}}: the program needs the ${what}`);
  }
  const ready = problems.path("ready", file.ready);
  const probes = problems.object("probes", file.probes, PROBE_KEYS);
  const poller = problems.object("poller", file.poller ?? {}, POLLER_KEYS);
  const pointer = (name: string) => problems.pointer(`poller.${name}`, poller[name] ?? null);
  const orNull = (at: string, value: unknown) =>
    value === undefined || value === null ? null : problems.path(at, value);
  return {
    name: problems.text("name", file.name),
    command,
    cwd: inFolder(folder, problems.text("cwd", file.cwd ?? ".")),
    env,
    upstream_path: problems.path("upstream_path", file.upstream_path ?? "/counters"),
    alive: file.alive === undefined ? ready : problems.path("alive", file.alive),
    ready,
    probes: {
      value: isObject(file.probes) ? problems.path("probes.value", probes.value) : "/",
      list: orNull("probes.list", probes.list),
      stats: orNull("probes.stats", probes.stats),
    },
    age: readAgePlace(file.age, problems),
    value: problems.pointer("value", file.value ?? null),
    snapshot_id: problems.pointer("snapshot_id", file.snapshot_id ?? null),
    poller: {
      polls: pointer("polls"),
      failures: pointer("failures"),
      failures_by_cause: pointer("failures_by_cause"),
      circuit: pointer("circuit"),
      event_loop_block_max_ms: pointer("event_loop_block_max_ms"),
    },
  };
}

/** A subject without an age must say `"none"`, because it is judged by that. */
function readAgePlace(json: unknown, problems: FileProblems): AgePlace {
  if (json === "none") return null;
  if (!isObject(json)) {
    problems.add(
      "age",
      `must be {"header", "unit"}, {"pointer", "unit"} or "none", got ${shown(json)}`,
    );
    return null;
  }
  const age = problems.object("age", json, ["header", "pointer", "unit"]);
  const units = Object.keys(AGE_UNITS);
  if (!units.includes(String(age.unit))) {
    problems.add("age.unit", `must be one of ${units.join(", ")}, got ${shown(age.unit)}`);
  }
  const unit = age.unit as AgeUnit;
  if ((age.header === undefined) === (age.pointer === undefined)) {
    problems.add("age", "must have either header or pointer");
    return null;
  }
  if (age.pointer !== undefined) {
    return { pointer: problems.pointer("age.pointer", age.pointer) ?? "", unit };
  }
  return { header: problems.text("age.header", age.header).toLowerCase(), unit };
}

function checkPlaceholders(at: string, text: string, problems: FileProblems): void {
  for (const [, name] of text.matchAll(/\{(\w+)\}/g)) {
    if ((PLACEHOLDERS as readonly string[]).includes(name)) continue;
    const key = at === "command" ? at : `env.${at}`;
    const known = PLACEHOLDERS.map((one) => `{${one}}`).join(", ");
    problems.add(key, `unknown placeholder {${name}}; known: ${known}`);
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function folderOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at < 0 ? "." : path.slice(0, at) || "/";
}

function inFolder(folder: string, path: string): string {
  return path.startsWith("/") ? path : path === "." ? folder : `${folder}/${path}`;
}

/** Most mistakes in a message. */
const PROBLEMS_MAX = 20;

/** Collects mistakes. Each method returns a value of its type even after a mistake. */
class FileProblems {
  readonly list: string[] = [];

  /** @param at Path of the key, such as `probes.value`; empty for the whole file. */
  add(at: string, problem: string): void {
    if (this.list.length >= PROBLEMS_MAX) return;
    this.list.push(at === "" ? problem : `${at}: ${problem}`);
  }

  /** An object with these keys only; null: any keys. */
  object(at: string, value: unknown, keys: readonly string[] | null): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const is_reported = at === "" && this.list.length > 0; // it was not JSON
      if (!is_reported) this.#mismatch(at, "an object", value);
      return {};
    }
    for (const key of Object.keys(value)) {
      if (keys === null || keys.includes(key)) continue;
      const path = at === "" ? key : `${at}.${key}`;
      this.add(path, `unknown key; known: ${keys.join(", ")}`);
    }
    return value as Record<string, unknown>;
  }

  text(at: string, value: unknown): string {
    if (typeof value === "string" && (value !== "" || at.startsWith("env."))) return value;
    this.#mismatch(at, "text", value);
    return "";
  }

  texts(at: string, value: unknown): string[] {
    if (Array.isArray(value) && value.length > 0) {
      return value.map((item, i) => this.text(`${at}[${i}]`, item));
    }
    this.#mismatch(at, "a list of texts, the program first", value);
    return [];
  }

  /** A path and query, as in a request. */
  path(at: string, value: unknown): string {
    if (typeof value === "string" && /^\/[!-~]*$/.test(value)) return value;
    this.#mismatch(at, "a path that starts with /", value);
    return "/";
  }

  /** A JSON pointer (RFC 6901), or null. */
  pointer(at: string, value: unknown): string | null {
    if (value === null) return null;
    if (typeof value === "string" && /^(\/([^~]|~[01])*)?$/.test(value)) return value;
    this.#mismatch(at, "a JSON pointer such as /poller/polls", value);
    return null;
  }

  #mismatch(at: string, wanted: string, value: unknown): void {
    const got = value === undefined ? "nothing" : JSON.stringify(value);
    this.add(at, `must be ${wanted}, got ${got}`);
  }
}
