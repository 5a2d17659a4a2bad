import { assert, assertEquals, assertMatch } from "@std/assert";
import type { SourceStats, StatsAnswer } from "../../contracts/mod.ts";
import { judgeConfig } from "./judge_config.ts";
import {
  DENO_VERSION,
  judgeDeno,
  judgeK6,
  judgePort,
  judgeService,
  judgeToxiproxy,
  type PortProbe,
} from "./judge_machine.ts";
import { judgeCsv } from "./judge_source.ts";
import { reasonOf } from "./probe.ts";

for (
  const [version, state] of [
    [DENO_VERSION, "ok"],
    ["2.9.7", "warning"],
    ["3.0.0", "warning"],
    ["2.8.9", "broken"],
    ["1.46.3", "broken"],
  ]
) {
  Deno.test(`judgeDeno calls ${version} ${state}`, () => {
    assertEquals(judgeDeno(version).state, state);
  });
}

Deno.test("judgeDeno wants the version of the images", () => {
  const dockerfile = Deno.readTextFileSync(
    new URL("../../metrics_server/Dockerfile", import.meta.url),
  );
  assert(dockerfile.includes(`FROM denoland/deno:${DENO_VERSION}\n`));
});

const PORT: PortProbe = {
  port: 8080,
  variable: "METRICS_PORT",
  service: "metrics_server",
  state: "free",
  answers: null,
};

for (
  const [words, change, state, found] of [
    ["a free port", {}, "ok", "free for metrics_server"],
    ["port 0", { port: 0 }, "ok", "metrics_server picks a free one (METRICS_PORT=0)"],
    [
      "the port of the service itself",
      { state: "taken", answers: "metrics_server" },
      "ok",
      "metrics_server runs there",
    ],
    [
      "a port of the other service",
      { state: "taken", answers: "data_server" },
      "broken",
      "data_server holds it, not metrics_server",
    ],
    [
      "a stranger's port",
      { state: "taken" },
      "broken",
      "another program holds it, not metrics_server",
    ],
    ["a port under 1024", { state: "forbidden" }, "broken", "metrics_server may not listen there"],
  ] as const
) {
  Deno.test(`judgePort on ${words}: ${state}`, () => {
    const one = judgePort({ ...PORT, ...change });
    assertEquals([one.state, one.found], [state, found]);
    if (state === "broken") assertMatch(one.advice!, /METRICS_PORT/);
  });
}

Deno.test("a missing Toxiproxy or k6 is a note: few tasks need them", () => {
  const toxiproxy = { url: "http://127.0.0.1:8474", is_named: false, version: null };
  assertEquals([judgeToxiproxy(toxiproxy).state, judgeK6(null).state], ["note", "note"]);
  const found = judgeToxiproxy({ ...toxiproxy, version: "2.12.0" });
  assertEquals([found.state, judgeK6("v1.0.0").state], ["ok", "ok"]);
});

const encode = (text: string) => new TextEncoder().encode(text);

for (
  const [words, body, state, found] of [
    [
      "a sample",
      "switch_id,a,b\nsw-0,1,2\n",
      "ok",
      /^1 rows, 2 values each, identified by switch_id$/,
    ],
    ["a page", "<!DOCTYPE html><html></html>", "broken", /^html: /],
    ["JSON", '{"items":[]}', "broken", /^json: /],
    ["nothing", "", "broken", /^empty: /],
    ["a header alone", "switch_id,a\n", "broken", /^no_rows: /],
    ["columns without an id", "name,a\nx,1\n", "broken", /^no_id_column: /],
    [
      "a column twice",
      "switch_id,a,b,a\nx,1,2,3\n",
      "warning",
      /^1 rows, 1 values each, identified by switch_id; repeated columns: "a"$/,
    ],
    [
      "trailing delimiters",
      "switch_id,a\nx,1,\ny,2\n",
      "warning",
      /; 1 rows lack empty cells at their end, or have extra ones$/,
    ],
    [
      "rows of two kinds",
      "node_guid,port_num,sys_image_guid,aport,a\n0x1,1,,,2\n,,0x2,1,2\n",
      "ok",
      /identified by node_guid:port_num or sys_image_guid:aport$/,
    ],
    ["lines that end with carriage returns", "switch_id,a\rx,1\ry,2\r", "ok", /^2 rows/],
    ["Excel's line sep=", "sep=;\r\nswitch_id;a\r\nx;1\r\n", "ok", /^1 rows, 1 values each/],
    ["mostly bad rows", "switch_id,a\nx,1\ny\nz\n", "broken", /^too_many_bad_rows: /],
    [
      "one bad row of many",
      "switch_id,a\n" + "x,1\n".repeat(20) + "y\n",
      "warning",
      /1 bad, first in line 22: /,
    ],
  ] as const
) {
  Deno.test(`judgeCsv on ${words}: ${state}`, () => {
    const one = judgeCsv(encode(body), false, []);
    assertEquals(one.state, state, one.found);
    assertMatch(one.found, found);
  });
}

Deno.test("judgeCsv warns of a body that is not UTF-8", () => {
  const latin1 = encode("switch_id,a\nK@ln,1\n").map((byte) => byte === 0x40 ? 0xf6 : byte);
  const { state, found, advice } = judgeCsv(latin1, false, []);
  assertEquals(state, "warning");
  assertMatch(found, /; not all of it is UTF-8$/);
  assertMatch(advice!, /declare the charset in Content-Type$/);
});

Deno.test("judgeCsv reads ID_COLUMNS, and the whole lines of a long body", () => {
  assertEquals(judgeCsv(encode("name,a\nx,1\n"), false, [["name"]]).state, "ok");
  const cut = judgeCsv(encode("switch_id,a,b\nx,1,2\ny,1"), true, []);
  assertEquals([cut.state, cut.found.slice(0, 15)], ["ok", "1 rows and more"]);
});

for (
  const [said, cause] of [
    ["tcp connect error: Connection refused (os error 111)", "refused"],
    ["dns error: failed to lookup address information", "dns"],
    ["invalid peer certificate: UnknownIssuer", "tls"],
    ["connection closed before message completed", "reset"],
  ]
) {
  Deno.test(`reasonOf calls "${said}" ${cause}`, () => {
    const error = new TypeError("error sending request", { cause: new Error(said) });
    assertEquals(reasonOf(error, 2_000).cause, cause);
  });
}

Deno.test("reasonOf names the timeout", () => {
  const { cause, detail } = reasonOf(new DOMException("", "TimeoutError"), 2_000);
  assertEquals([cause, detail], ["timeout", "no answer within 2000 ms"]);
});

const SOURCE = {
  url: "http://h/c",
  consecutive_failures: 0,
  circuit: "closed",
  last_error: null,
} as SourceStats;
const STATS = {
  sources: [SOURCE],
  log: { lines_dropped: 0 },
  poller: { rows: 64, age_ms: 1_200 },
} as StatsAnswer;
const SERVICE = { url: "http://127.0.0.1:8080", ready_status: 200, ready_detail: "", stats: STATS };
const last_error = { cause: "refused" as const, detail: "nothing", at: "" };

for (
  const [words, probe, states] of [
    ["no service", null, ["note"]],
    ["a service with data", SERVICE, ["ok"]],
    [
      "a service whose source fails",
      {
        ...SERVICE,
        stats: { ...STATS, sources: [{ ...SOURCE, consecutive_failures: 3, last_error }] },
      },
      ["broken"],
    ],
    ["a service without data", { ...SERVICE, ready_status: 503, ready_detail: "No snapshot" }, [
      "broken",
    ]],
    ["a service that dropped log lines", {
      ...SERVICE,
      stats: { ...STATS, log: { lines_dropped: 2 } },
    }, [
      "warning",
    ]],
  ] as const
) {
  Deno.test(`judgeService on ${words}: ${states.join()}`, () => {
    assertEquals(judgeService(probe as never).map(({ state }) => state), [...states]);
  });
}

for (
  const [words, env, states, is_read] of [
    ["nothing set", {}, ["ok"], true],
    ["a number out of range", { POLL_MS: "5" }, ["warning"], true],
    ["text instead of a number", { POLL_MS: "soon" }, ["broken"], false],
    ["two wrong values", { POLL_MS: "soon", METRICS_PORT: "x" }, ["broken", "broken"], false],
  ] as const
) {
  Deno.test(`judgeConfig on ${words}: ${states.join()}`, () => {
    const { findings, settings } = judgeConfig(env);
    assertEquals(findings.map(({ state }) => state), [...states]);
    assertEquals(settings !== null, is_read);
  });
}

Deno.test("judgeConfig resolves settings as dev and metrics_server do", () => {
  const { settings } = judgeConfig({ DATA_PORT: "9100", DATA_PROFILE: "ufm" });
  assertEquals([settings!.sources, settings!.are_named], [
    ["http://127.0.0.1:9100/csv/metrics"],
    false,
  ]);
  const named = judgeConfig({ UPSTREAM_URL: "http://a/x,http://b/y" }).settings!;
  assertEquals([named.sources, named.are_named], [["http://a/x", "http://b/y"], true]);
  const bounds = ["", "0", "1"].map((MAX_STALE_MS) =>
    judgeConfig({ MAX_STALE_MS }).settings!.max_stale_ms
  );
  assertEquals(bounds, [Infinity, Infinity, 1]);
});
