import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { secretsOfSubject } from "./subject.ts";
import { parseSubject, readSubjectFile, SubjectFileError } from "./subject_file.ts";

/** The shortest valid subject file. */
const SHORTEST = {
  name: "my-cache",
  command: ["my-cache", "--port={port}"],
  env: { SOURCE: "{upstream}" },
  ready: "/readyz",
  probes: { value: "/value?id={switch_id}&field={metric}" },
  age: { header: "Age", unit: "s" },
};

function parse(changes: Record<string, unknown>) {
  return parseSubject(JSON.stringify({ ...SHORTEST, ...changes }), "some/cache.json");
}

Deno.test("parseSubject fills in defaults", () => {
  const { cwd, alive, upstream_path, probes, age, value, poller } = parse({});
  assertEquals([cwd, alive, upstream_path], ["some", "/readyz", "/counters"]);
  assertEquals([parse({}).replicas, parse({}).replica], [1, { role: null, fence: null }]);
  assertEquals(probes, { value: SHORTEST.probes.value, list: null, stats: null });
  assertEquals([age, value, poller.polls], [{ header: "age", unit: "s" }, null, null]);
});

Deno.test("parseSubject resolves a relative cwd from the file's folder", () => {
  assertEquals([parse({ cwd: "bin" }).cwd, parse({ cwd: "/bin" }).cwd], ["some/bin", "/bin"]);
  assertEquals(parseSubject(JSON.stringify(SHORTEST), "cache.json").cwd, ".");
});

Deno.test("parseSubject reads version, installation and what a program does not offer", () => {
  const version = ["my-cache", "-v"], install = "apt-get install my-cache";
  const not_offered = { detect_ms: "it counts no failures" };
  const read = parse({ value: "csv", version, install, not_offered });
  assertEquals([read.value, read.version, read.install], ["csv", version, install]);
  assertEquals([read.not_offered, parse({}).not_offered], [not_offered, {}]);
  assertEquals([parse({}).version, parse({}).install], [null, null]);
});

Deno.test("parseSubject accepts an age in the header, in the body, and in both", () => {
  const unit = "ms" as const, pointer = "/age_ms";
  assertEquals(parse({ age: { pointer, unit } }).age, { pointer, unit });
  const both = { header: "x-age-ms", pointer, unit };
  assertEquals(parse({ age: { ...both, header: "X-Age-Ms" } }).age, both);
});

Deno.test('parseSubject accepts the age "none"', () => {
  assertEquals(parse({ age: "none" }).age, null);
});

const PLACEHOLDERS =
  "{upstream}, {port}, {poll_ms}, {poll_timeout_ms}, {backoff_max_ms}, {lease_ms}, {max_stale_ms}, " +
  "{store}, {dir}";

for (
  const [changes, message] of [
    [{ name: undefined }, "name: must be text, got nothing"],
    [
      { command: "my-cache" },
      'command: must be a list of texts, the program first, got "my-cache"',
    ],
    [{ command: ["x", 7, "{port}"] }, "command[1]: must be text, got 7"],
    [{ env: { SOURCE: "{upstream}", PORT: 8080 } }, "env.PORT: must be text, got 8080"],
    [
      { env: { SOURCE: "{upstream}", A: "{prot}" } },
      `env.A: unknown placeholder {prot}; known: ${PLACEHOLDERS}`,
    ],
    [
      { env: {} },
      "neither command nor env has {upstream}: the program needs the source to poll",
    ],
    [
      { command: ["x"] },
      "neither command nor env has {port}: the program needs the port to listen on",
    ],
    [{ replicas: 17 }, "replicas: must be a whole number of 1–16, got 17"],
    [{ ready: "readyz" }, 'ready: must be a path that starts with /, got "readyz"'],
    [{ probes: {} }, "probes.value: must be a path that starts with /, got nothing"],
    [
      { probes: { ...SHORTEST.probes, values: "/" } },
      "probes.values: unknown key; known: value, list, stats",
    ],
    [
      { age: undefined },
      'age: must be {"header", "unit"}, {"pointer", "unit"} or "none", got nothing',
    ],
    [
      { age: { header: "age", unit: "min" } },
      'age.unit: must be one of ms, s, us, epoch_ms, got "min"',
    ],
    [{ age: { unit: "s" } }, "age: must have header, pointer or both"],
    [
      { poller: { polls: "polls" } },
      'poller.polls: must be a JSON pointer such as /poller/polls, got "polls"',
    ],
    [{ value: "tsv" }, 'value: must be "csv" or a JSON pointer such as /value, got "tsv"'],
    [
      { not_offered: { speed: "slow" } },
      "not_offered.speed: unknown key; known: probe_error_share",
    ],
    [
      { list: { switch_id: "id" } },
      "list.items: must be a JSON pointer such as /items, got nothing",
    ],
    [{ poller: { poll: "/polls" } }, "poller.poll: unknown key; known: polls, failures, "],
  ] as [Record<string, unknown>, string][]
) {
  Deno.test(`parseSubject rejects in one line: ${message}`, () => {
    const { message: actual } = assertThrows(() => parse(changes), SubjectFileError);
    assertEquals(actual.startsWith(`some/cache.json: ${message}`), true, actual);
    assertEquals(actual.split("\n").length, 1, actual);
  });
}

Deno.test("parseSubject reports every mistake", () => {
  const { message } = assertThrows(() => parse({ name: 1, ready: 2 }), SubjectFileError);
  assertEquals(message.split("\n").length, 2);
});

Deno.test("parseSubject rejects a file that is not a JSON object", () => {
  assertThrows(() => parseSubject("{", "a.json"), SubjectFileError, "a.json: not JSON: ");
  const { message } = assertThrows(() => parseSubject("[]", "a.json"), SubjectFileError);
  assertEquals(message, "a.json: must be an object, got []");
});

Deno.test("readSubjectFile names a file that cannot be read", async () => {
  await assertRejects(
    () => readSubjectFile("/nowhere/a.json"),
    SubjectFileError,
    "Cannot read the subject file /nowhere/a.json: ",
  );
});

Deno.test("parseSubject shows no credentials of a broken file", () => {
  for (
    const text of [
      '{"name":"a","env":{"API_TOKEN":"s3cr3t",}}',
      '{"name":"a","env":{"API_TOKEN":"s3cr3t"} x}',
      '{"name":"a","command":"cache --token=s3cr3t"}',
      '{"name":"a","command":["x"],"env":{"API_TOKEN":["s3cr3t"]}}',
      '{"name":"a","command":["x"],"env":{"api_key":53473}}',
      '{"name":"a","command":{"password":"s3cr3t"}}',
    ]
  ) {
    const { message } = assertThrows(() => parseSubject(text, "a.json"), SubjectFileError);
    assertEquals(/s3cr3t|53473/.exec(message), null, message);
  }
});

Deno.test("secretsOfSubject finds credentials in environment, arguments and path", () => {
  const subject = {
    command: ["cache", "--api-key=aaaa", "--token", "bbbb", "http://me:cccc@h/", "--port=8080"],
    env: { DB_PASSWORD: "dddd", SOURCE: "http://h/?sig=eeee", URL_KEY: "{upstream}", MODE: "slow" },
    upstream_path: "/counters?access_token=ffff",
  };
  const secrets = secretsOfSubject(subject, { AUTH: "gggg" });
  for (const secret of ["aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff", "gggg"]) {
    assertEquals(secrets.includes(secret), true, secret);
  }
  for (const other of ["8080", "slow", "{upstream}"]) assertEquals(secrets.includes(other), false);
  assertEquals(secretsOfSubject(undefined), []);
});
