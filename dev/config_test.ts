import { assertEquals, assertThrows } from "@std/assert";
import { SPEC as DATA_SPEC } from "../data_server/mod.ts";
import { METRICS_SERVER_SPEC } from "../metrics_server/mod.ts";
import { ConfigError, nearMisses, readConfig } from "../platform/mod.ts";
import {
  checkDataPort,
  CLUSTER_SPEC,
  fixedDataUrl,
  LAUNCH_SPEC,
  startupIsLogged,
  upstreamUrl,
} from "./config.ts";

const configOf = (env: Record<string, string>) => readConfig(LAUNCH_SPEC, env).config;

const HOSTS: [bind_host: string, url: string][] = [
  ["", "http://127.0.0.1:9001"],
  ["0.0.0.0", "http://127.0.0.1:9001"],
  ["::", "http://[::1]:9001"],
  ["::1", "http://[::1]:9001"],
  ["[::1]", "http://[::1]:9001"],
  ["10.0.0.7", "http://10.0.0.7:9001"],
];

for (const [BIND_HOST, url] of HOSTS) {
  Deno.test(`fixedDataUrl reaches a data_server bound to "${BIND_HOST}" at ${url}`, () => {
    assertEquals(fixedDataUrl(configOf({ BIND_HOST })), url);
  });
}

Deno.test("upstreamUrl is UPSTREAM_URL, else data_server's at the path of its profile", () => {
  const url = (env: Record<string, string>) => upstreamUrl(configOf(env), "http://h:1");
  assertEquals(url({}), "http://h:1/counters");
  assertEquals(url({ DATA_PROFILE: "ufm" }), "http://h:1/csv/metrics");
  assertEquals(url({ UPSTREAM_URL: "http://a/,http://b/" }), "http://a/,http://b/");
});

Deno.test("startupIsLogged is true for the levels up to INFO", () => {
  const logged = ["DEBUG", "INFO", "WARN", "ERROR"].map((LOG_LEVEL) =>
    startupIsLogged(configOf({ LOG_LEVEL }))
  );
  assertEquals(logged, [true, true, false, false]);
});

Deno.test("checkDataPort refuses a port that fetch blocks, unless UPSTREAM_URL is set", () => {
  const error = assertThrows(() => checkDataPort(configOf({ DATA_PORT: "6000" })), ConfigError);
  assertEquals(
    error.message,
    "DATA_PORT=6000: must be another port: fetch, which polls it, blocks 6000, see " +
      "https://fetch.spec.whatwg.org/#port-blocking",
  );
  checkDataPort(configOf({ DATA_PORT: "6000", UPSTREAM_URL: "http://a/" }));
  for (const DATA_PORT of ["0", "9001"]) checkDataPort(configOf({ DATA_PORT }));
});

Deno.test("no variable of one program is reported as a misspelled one of another", () => {
  const specs = [DATA_SPEC, METRICS_SERVER_SPEC, CLUSTER_SPEC].map((spec) => Object.keys(spec));
  for (const own of specs) assertEquals(nearMisses(specs.flat(), own), []);
});
