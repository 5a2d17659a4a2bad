import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "./config_error.ts";
import { choice, type Entry, integer, number, optional, port, text } from "./entry.ts";
import { readConfig } from "./read_config.ts";
import { urlList } from "./url_list.ts";

const SPEC = {
  DATA_SWITCHES: integer({ default: 64, min: 1, max: 100_000, unit: "switches", description: "" }),
  FAULT_500_PCT: number({ default: 0, min: 0, max: 100, unit: "%", description: "" }),
  POLL_MS: integer({
    default: 1_500,
    min: 100,
    max: 60_000,
    unit: "ms",
    out_of_range: "refuse",
    description: "",
  }),
  STALE_MS: integer({
    default: 0,
    min: 0,
    max: 9,
    unit: "ms",
    out_of_range: "refuse below",
    description: "",
  }),
  OFFSET: number({ default: 0, min: -5, max: 5, unit: "", description: "" }),
  MAX_STALE_MS: optional(integer({ min: 1, max: 1_000, unit: "ms", description: "" })),
  PORT: port({ default: 8080 }),
  LOG_LEVEL: choice({ default: "INFO", of: ["DEBUG", "INFO", "WARN", "ERROR"] }),
  BIND_HOST: text({
    default: "0.0.0.0",
    pattern: /^[\w.:-]+$/,
    must_be: "a host name or an IP address",
    description: "",
  }),
  NAME: text({ default: "", description: "" }),
  UPSTREAM_URL: urlList({ default: "http://127.0.0.1:9001/counters", max: 2 }),
};

type Variable = keyof typeof SPEC;

function read(variable: Variable, value: string | undefined) {
  return readConfig({ [variable]: SPEC[variable] as Entry<unknown> }, { [variable]: value });
}

const GOOD: [Variable, value: string | undefined, expected: unknown][] = [
  ["DATA_SWITCHES", undefined, 64],
  ["DATA_SWITCHES", "", 64],
  ["DATA_SWITCHES", "   ", 64],
  ["DATA_SWITCHES", "1", 1],
  ["DATA_SWITCHES", " 5 ", 5],
  ["DATA_SWITCHES", "007", 7],
  ["DATA_SWITCHES", "100000", 100_000],
  ["FAULT_500_PCT", "12.5", 12.5],
  ["FAULT_500_PCT", ".5", 0.5],
  ["FAULT_500_PCT", "100", 100],
  ["OFFSET", "-2.25", -2.25],
  ["MAX_STALE_MS", undefined, undefined],
  ["MAX_STALE_MS", "", undefined],
  ["MAX_STALE_MS", "250", 250],
  ["PORT", "0", 0],
  ["PORT", "65535", 65_535],
  ["LOG_LEVEL", undefined, "INFO"],
  ["LOG_LEVEL", "debug", "DEBUG"],
  ["BIND_HOST", "::1", "::1"],
  ["NAME", " any text = at all ", "any text = at all"],
  ["UPSTREAM_URL", undefined, ["http://127.0.0.1:9001/counters"]],
  ["UPSTREAM_URL", "http://a", ["http://a/"]],
  ["UPSTREAM_URL", "http://a/x?shard=0, https://b:91/y", ["http://a/x?shard=0", "https://b:91/y"]],
  ["UPSTREAM_URL", "http://a\thttp://b,", ["http://a/", "http://b/"]],
  ["UPSTREAM_URL", "http://a/b:99999?c:6000", ["http://a/b:99999?c:6000"]],
  ["UPSTREAM_URL", "http://a/c?ports=1%2C2", ["http://a/c?ports=1%2C2"]],
  ["UPSTREAM_URL", "http://a/c?ports=1,0xa:2", ["http://a/c?ports=1,0xa:2"]],
  ["UPSTREAM_URL", "http://a?x=1,2,,http://b?y=3,4,", ["http://a/?x=1,2", "http://b/?y=3,4"]],
  ["UPSTREAM_URL", "http://u1:p@a/0 http://u2:p@a/1", ["http://u1:p@a/0", "http://u2:p@a/1"]],
  ["UPSTREAM_URL", "http://me:6000@a:65535", ["http://me:6000@a:65535/"]],
];

for (const [variable, value, expected] of GOOD) {
  Deno.test(`readConfig reads ${variable}=${value ?? "(unset)"} as ${expected}`, () => {
    const { config, clamped } = read(variable, value);
    assertEquals(config[variable], expected);
    assertEquals(clamped, []);
  });
}

const WHOLE = "must be a whole number";
const URLS = "must be an http:// or https:// URL";

const BLOCKED_6000 = "must have another port: fetch blocks 6000, see " +
  "https://fetch.spec.whatwg.org/#port-blocking";

const BAD: [Variable, value: string, message: string][] = [
  ["DATA_SWITCHES", "abc", `DATA_SWITCHES=abc: ${WHOLE} 1–100000 (switches), e.g. 64`],
  ["DATA_SWITCHES", "1e3", `DATA_SWITCHES=1e3: ${WHOLE} 1–100000 (switches), e.g. 64`],
  ["DATA_SWITCHES", "0x10", `DATA_SWITCHES=0x10: ${WHOLE} 1–100000 (switches), e.g. 64`],
  ["DATA_SWITCHES", "Infinity", `DATA_SWITCHES=Infinity: ${WHOLE} 1–100000 (switches), e.g. 64`],
  ["DATA_SWITCHES", "NaN", `DATA_SWITCHES=NaN: ${WHOLE} 1–100000 (switches), e.g. 64`],
  ["DATA_SWITCHES", "1.5", `DATA_SWITCHES=1.5: ${WHOLE} 1–100000 (switches), e.g. 64`],
  ["DATA_SWITCHES", "1_000", `DATA_SWITCHES=1_000: ${WHOLE} 1–100000 (switches), e.g. 64`],
  ["DATA_SWITCHES", "5 6", `DATA_SWITCHES=5 6: ${WHOLE} 1–100000 (switches), e.g. 64`],
  ["DATA_SWITCHES", "٣", `DATA_SWITCHES=٣: ${WHOLE} 1–100000 (switches), e.g. 64`],
  ["FAULT_500_PCT", "5%", "FAULT_500_PCT=5%: must be a number 0–100 (%), e.g. 0"],
  ["FAULT_500_PCT", "1,5", "FAULT_500_PCT=1,5: must be a number 0–100 (%), e.g. 0"],
  ["FAULT_500_PCT", "5.", "FAULT_500_PCT=5.: must be a number 0–100 (%), e.g. 0"],
  ["POLL_MS", "99", "POLL_MS=99: must be 100–60000 (ms)"],
  ["MAX_STALE_MS", "soon", `MAX_STALE_MS=soon: ${WHOLE} 1–1000 (ms)`],
  ["PORT", "99999", "PORT=99999: must be 0–65535"],
  ["PORT", "-1", "PORT=-1: must be 0–65535"],
  ["PORT", "http", `PORT=http: ${WHOLE} 0–65535, e.g. 8080`],
  ["LOG_LEVEL", "LOUD", "LOG_LEVEL=LOUD: must be one of DEBUG, INFO, WARN, ERROR"],
  ["BIND_HOST", "a b", "BIND_HOST=a b: must be a host name or an IP address"],
  ["UPSTREAM_URL", "ftp://x", `UPSTREAM_URL=ftp://x: ${URLS}`],
  ["UPSTREAM_URL", "x", `UPSTREAM_URL=x: ${URLS}`],
  ["UPSTREAM_URL", "localhost:9001", `UPSTREAM_URL=localhost:9001: ${URLS}`],
  ["UPSTREAM_URL", "http:x", `UPSTREAM_URL=http:x: ${URLS}`],
  ["UPSTREAM_URL", "http://", `UPSTREAM_URL=http://: ${URLS}`],
  ["UPSTREAM_URL", "http://a:99999/c", "UPSTREAM_URL=http://a:99999/c: must have a port 1–65535"],
  [
    "UPSTREAM_URL",
    "http://[::1]:65536",
    "UPSTREAM_URL=http://[::1]:65536: must have a port 1–65535",
  ],
  ["UPSTREAM_URL", "https://a:0/", "UPSTREAM_URL=https://a:0/: must have a port 1–65535"],
  ["UPSTREAM_URL", "http://me:1@a:6000?b", `UPSTREAM_URL=http://***@a:6000?b: ${BLOCKED_6000}`],
  ["STALE_MS", "-1", "STALE_MS=-1: must be 0–9 (ms)"],
  ["UPSTREAM_URL", ",", `UPSTREAM_URL=,: ${URLS}`],
  ["UPSTREAM_URL", "http://a,ftp://b", `UPSTREAM_URL=ftp://b: ${URLS}`],
  [
    "UPSTREAM_URL",
    "http://me:pw@a,x",
    `UPSTREAM_URL=x: ${URLS} (a comma within one is written %2C)`,
  ],
  [
    "UPSTREAM_URL",
    "http://a/c?ports=1, 2",
    `UPSTREAM_URL=2: ${URLS} (a comma within one is written %2C)`,
  ],
  ["UPSTREAM_URL", "http://a?x=1,b:9001/c", `UPSTREAM_URL=b:9001/c: ${URLS}`],
  ["UPSTREAM_URL", "http://a http://b http://c", "UPSTREAM_URL=3 URLs: must be at most 2 URLs"],
  ["UPSTREAM_URL", "http://a,http://a/", "UPSTREAM_URL=http://a/: must name each URL only once"],
  [
    "UPSTREAM_URL",
    "http://u1:p@h/c,http://u2:p@h/c",
    "UPSTREAM_URL=http://***@h/c: must name each URL only once, whatever its credentials",
  ],
];

for (const [variable, value, message] of BAD) {
  Deno.test(`readConfig refuses ${variable}=${value} in one line`, () => {
    const error = assertThrows(() => read(variable, value), ConfigError);
    assertEquals(error.message, message);
  });
}

const CLAMPED: [Variable, value: string, used: number, told: number | string][] = [
  ["DATA_SWITCHES", "0", 1, 0],
  ["DATA_SWITCHES", "-7", 1, -7],
  ["DATA_SWITCHES", "100001", 100_000, 100_001],
  ["DATA_SWITCHES", "9".repeat(400), 100_000, "9".repeat(40)],
  ["FAULT_500_PCT", "150", 100, 150],
  ["FAULT_500_PCT", "-0.5", 0, -0.5],
  ["MAX_STALE_MS", "5000", 1_000, 5_000],
  ["STALE_MS", "10", 9, 10],
];

for (const [variable, value, used, told] of CLAMPED) {
  Deno.test(`readConfig clamps ${variable}=${value.slice(0, 9)} to ${used} and reports it`, () => {
    const { config, clamped } = read(variable, value);
    assertEquals(config[variable], used);
    const { min, max } = clamped[0];
    assertEquals(clamped, [{ variable, value: told, used, min, max }]);
    assertEquals(used === min || used === max, true);
  });
}

Deno.test("A variable without a default must be set; the message names its range", () => {
  const spec = {
    A: integer({ min: 1, max: 9, unit: "s", description: "" }),
    B: choice({ of: ["x", "y"] }),
  };
  const error = assertThrows(() => readConfig(spec, {}), ConfigError);
  assertEquals(
    error.message,
    "A=: must be set to a whole number 1–9 (s); B=: must be set to one of x, y",
  );
});

Deno.test("A default outside its own range is a defect and cannot be declared", () => {
  const range = { min: 1, max: 9, unit: "", description: "" };
  assertThrows(() => integer({ ...range, default: 10 }), RangeError, "default 10: must be 1–9");
  assertThrows(() => number({ ...range, default: NaN }), RangeError, "default NaN: must be 1–9");
  assertThrows(
    () => text({ default: "", pattern: /x/, description: "" }),
    RangeError,
    'Cannot declare default ""',
  );
});
