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
import { isSecretName, redacting } from "../../platform/mod.ts";
import { MEASURES } from "../judge/mod.ts";
import {
  AGE_UNITS,
  type AgePlace,
  type AgeUnit,
  CSV_VALUE,
  type ListPlaces,
  PLACEHOLDERS,
  POLLER_KEYS,
  REPLICA_KEYS,
  REPLICAS_MAX,
  type Subject,
} from "./subject.ts";

const KEYS = "name command cwd env replicas upstream_path alive ready probes age value snapshot_id"
  .split(" ").concat("list", "poller", "replica", "version", "install", "not_offered");

const redacted = redacting();

/** Hides credentials of any type: a number under the name of a token is one, too. */
function hidingAll(name: string, value: unknown): unknown {
  return isSecretName(name) ? "***" : redacted(name, value);
}

const SUBJECT_FILE_CHARS_MAX = 65_536;
const PROBLEMS_MAX = 20;

/** An invalid subject file; the message has a line for each mistake. */
export class SubjectFileError extends Error {
  override name = "SubjectFileError";
}

/**
 * Parses a subject file.
 *
 * @param path Used in messages; a relative `cwd` starts at its folder.
 * @throws {SubjectFileError} a line a mistake: `cache.json: env.PORT: must be text, got 8080`
 */
export function parseSubject(text: string, path: string): Subject {
  const reader = new Reader();
  const throwIfAny = () => {
    if (reader.problems.length === 0) return;
    throw new SubjectFileError(reader.problems.map((problem) => `${path}: ${problem}`).join("\n"));
  };
  const json = jsonOf(text, reader);
  throwIfAny();
  const file = reader.object("", json, KEYS);
  if (Object.keys(file).length === 0) throwIfAny(); // do not report every key as missing
  const subject = readSubject(file, folderOf(path), reader);
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

function jsonOf(text: string, reader: Reader): unknown {
  if (text.length > SUBJECT_FILE_CHARS_MAX) {
    reader.add("", `${text.length} characters long: at most ${SUBJECT_FILE_CHARS_MAX}`);
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    // Without the part of the file that the message quotes, which may have a credential.
    const reason = (error as Error).message.replace(/, (?:\.\.\.)?".* is not valid JSON$/s, "");
    reader.add("", `not JSON: ${reason}`);
  }
}

function readSubject(file: Record<string, unknown>, folder: string, reader: Reader): Subject {
  const command = reader.texts("command", file.command);
  const texts = (name: string, keys: readonly string[] | null) =>
    Object.fromEntries(
      Object.entries(reader.object(name, file[name] ?? {}, keys))
        .map(([key, value]) => [key, reader.text(`${name}.${key}`, value)]),
    );
  const env = texts("env", null);
  checkPlaceholders(command, env, reader);
  const ready = reader.path("ready", file.ready);
  const probes = reader.object("probes", file.probes, ["value", "list", "stats"]);
  const pointers = <K extends string>(name: string, keys: readonly K[]) => {
    const given = reader.object(name, file[name] ?? {}, keys);
    return Object.fromEntries(
      keys.map((key) => [key, reader.pointer(`${name}.${key}`, given[key])]),
    ) as Record<K, string | null>;
  };
  const probe = (name: "list" | "stats") =>
    (probes[name] ?? null) === null ? null : reader.path(`probes.${name}`, probes[name]);
  return {
    name: reader.text("name", file.name),
    replicas: reader.whole("replicas", file.replicas ?? 1, REPLICAS_MAX),
    command,
    cwd: inFolder(folder, reader.text("cwd", file.cwd ?? ".")),
    env,
    upstream_path: reader.path("upstream_path", file.upstream_path ?? "/counters"),
    alive: file.alive === undefined ? ready : reader.path("alive", file.alive),
    ready,
    probes: {
      value: isObject(file.probes) ? reader.path("probes.value", probes.value) : "/",
      list: probe("list"),
      stats: probe("stats"),
    },
    age: readAgePlace(file.age, reader),
    value: readValuePlace(file.value, reader),
    snapshot_id: reader.pointer("snapshot_id", file.snapshot_id),
    list: readListPlaces(file.list, reader),
    poller: pointers("poller", POLLER_KEYS),
    replica: pointers("replica", REPLICA_KEYS),
    version: file.version === undefined ? null : reader.texts("version", file.version),
    install: file.install === undefined ? null : reader.text("install", file.install),
    not_offered: texts("not_offered", Object.keys(MEASURES)),
  };
}

function readValuePlace(json: unknown, reader: Reader): string | null {
  if (json === CSV_VALUE) return CSV_VALUE;
  return reader.pointer("value", json, `"${CSV_VALUE}" or a JSON pointer such as /value`);
}

function readListPlaces(json: unknown, reader: Reader): ListPlaces | null {
  if (json === undefined) return null;
  const list = reader.object("list", json, ["items", "switch_id", "snapshot_id", "age"]);
  const items = reader.pointer("list.items", list.items);
  if (items === null) reader.mismatch("list.items", "a JSON pointer such as /items", list.items);
  return {
    items: items ?? "",
    switch_id: reader.text("list.switch_id", list.switch_id),
    snapshot_id: reader.pointer("list.snapshot_id", list.snapshot_id),
    age: reader.pointer("list.age", list.age),
  };
}

/** A subject without an age must say `"none"`, because it is judged by that. */
function readAgePlace(json: unknown, reader: Reader): AgePlace {
  if (json === "none") return null;
  if (!isObject(json)) {
    reader.mismatch("age", '{"header", "unit"}, {"pointer", "unit"} or "none"', json);
    return null;
  }
  const age = reader.object("age", json, ["header", "pointer", "unit"]);
  const units = Object.keys(AGE_UNITS);
  if (!units.includes(String(age.unit))) {
    reader.mismatch("age.unit", `one of ${units.join(", ")}`, age.unit);
  }
  const unit = age.unit as AgeUnit;
  if (age.header === undefined && age.pointer === undefined) {
    reader.add("age", "must have header, pointer or both");
    return null;
  }
  const in_body = age.pointer === undefined
    ? {}
    : { pointer: reader.pointer("age.pointer", age.pointer) ?? "" };
  if (age.header === undefined) return { pointer: "", ...in_body, unit };
  return { header: reader.text("age.header", age.header).toLowerCase(), ...in_body, unit };
}

function checkPlaceholders(command: string[], env: Record<string, string>, reader: Reader): void {
  const texts = [["command", command.join(" ")]];
  for (const [name, text] of Object.entries(env)) texts.push([`env.${name}`, text]);
  const known = PLACEHOLDERS.map((one) => `{${one}}`);
  for (const [at, text] of texts) {
    for (const [found] of text.matchAll(/\{\w+\}/g)) {
      if (known.includes(found)) continue;
      reader.add(at, `unknown placeholder ${found}; known: ${known.join(", ")}`);
    }
  }
  if (command.length === 0) return;
  for (const [name, need] of [["{upstream}", "source to poll"], ["{port}", "port to listen on"]]) {
    if (texts.some(([, text]) => text.includes(name))) continue;
    reader.add("", `neither command nor env has ${name}: the program needs the ${need}`);
  }
}

/** Collects mistakes. Each method returns a value of its type even after a mistake. */
class Reader {
  readonly problems: string[] = [];

  /** @param at Path of the key, such as `probes.value`; empty for the whole file. */
  add(at: string, problem: string): void {
    if (this.problems.length >= PROBLEMS_MAX) return;
    this.problems.push(at === "" ? problem : `${at}: ${problem}`);
  }

  mismatch(at: string, wanted: string, value: unknown): void {
    // The last part of the path names the value, and the value may be a credential.
    const shown = hidingAll(at.split(".").at(-1)!, value);
    const got = value === undefined ? "nothing" : JSON.stringify(shown, hidingAll);
    this.add(at, `must be ${wanted}, got ${got}`);
  }

  /** An object with these keys only; null: any keys. */
  object(at: string, value: unknown, keys: readonly string[] | null): Record<string, unknown> {
    if (!isObject(value) || Array.isArray(value)) {
      this.mismatch(at, "an object", value);
      return {};
    }
    for (const key of Object.keys(value)) {
      if (keys === null || keys.includes(key)) continue;
      this.add(at === "" ? key : `${at}.${key}`, `unknown key; known: ${keys.join(", ")}`);
    }
    return value;
  }

  text(at: string, value: unknown): string {
    if (typeof value === "string" && (value !== "" || at.startsWith("env."))) return value;
    this.mismatch(at, "text", value);
    return "";
  }

  texts(at: string, value: unknown): string[] {
    if (Array.isArray(value) && value.length > 0) {
      return value.map((item, i) => this.text(`${at}[${i}]`, item));
    }
    this.mismatch(at, "a list of texts, the program first", value);
    return [];
  }

  whole(at: string, value: unknown, max: number): number {
    if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max) return Number(value);
    this.mismatch(at, `a whole number of 1–${max}`, value);
    return 1;
  }

  /** A path and query, as in a request. */
  path(at: string, value: unknown): string {
    if (typeof value === "string" && /^\/[!-~]*$/.test(value)) return value;
    this.mismatch(at, "a path that starts with /", value);
    return "/";
  }

  /** A JSON pointer (RFC 6901), or null. */
  pointer(
    at: string,
    value: unknown = null,
    wanted = "a JSON pointer such as /poller/polls",
  ): string | null {
    if (value === null) return null;
    if (typeof value === "string" && /^(\/([^~]|~[01])*)?$/.test(value)) return value;
    this.mismatch(at, wanted, value);
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function folderOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at < 0 ? "." : path.slice(0, at) || "/";
}

function inFolder(folder: string, path: string): string {
  return path.startsWith("/") ? path : path === "." ? folder : `${folder}/${path}`;
}
