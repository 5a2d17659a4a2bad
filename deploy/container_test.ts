import { assertEquals, assertThrows } from "@std/assert";
import { containerEnv } from "./container.ts";
import { parseDockerfile } from "./dockerfile.ts";

const DOCKERFILE = parseDockerfile("FROM x\nENV PORT=8080 DENO_DIR=/tmp/deno A=1");
const PORTS = { data: { 9001: 40001 }, metrics: { 8080: 40002 } };

Deno.test("containerEnv maps the port, the other services' addresses and the container's paths", () => {
  const environment = { A: "2", UPSTREAM_URL: "http://data:9001/counters" };
  const env = containerEnv("metrics", DOCKERFILE, { environment }, PORTS, "/root_of_image");
  assertEquals(env, {
    PORT: "40002",
    DENO_DIR: "/root_of_image/tmp/deno",
    A: "2",
    UPSTREAM_URL: "http://127.0.0.1:40001/counters",
    JSR_URL: "http://127.0.0.1:1",
    NPM_CONFIG_REGISTRY: "http://127.0.0.1:1",
  });
});

for (const url of ["http://127.0.0.1:9001/counters", "http://data:9002/counters", "http://dta/"]) {
  Deno.test(`containerEnv refuses ${url}: no service has this name and port`, () => {
    const environment = { UPSTREAM_URL: url };
    assertThrows(
      () => containerEnv("metrics", DOCKERFILE, { environment }, PORTS, "/r"),
      Error,
      `${url}: no service of this name has this port`,
    );
  });
}
