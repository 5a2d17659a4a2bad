/** Credentials of sources: sent to the source, and never shown. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Behavior,
  cut,
  FakeSource,
  freePort,
  OtlpReceiver,
  request,
  runToEnd,
  sendRaw,
  serve,
  serveSnapshot,
  startMetricsServer,
  until,
} from "./harness/mod.ts";

/** In every credential, and nowhere else. */
const SECRET = "s3cr3t";

const CSV = "switch_id,a,b\nsw-0,1,2\nsw-1,3,4\n";

/** A URL with credentials in every place; `n` makes it unique. */
function withSecrets(host: string, n: number): string {
  const query = `n=${n}&token=${SECRET}%2Fx&X-Amz-Signature=${SECRET}&API-KEY=${SECRET}+y`;
  return `http://me${n}:${SECRET}%40@${host}/counters?${query}#access_token=${SECRET}`;
}

/** What a source may repeat of a request: its target, its header, its password. */
const ECHO = `http://me:${SECRET}%40@h/?key=${SECRET} token=${SECRET}/x Basic ${
  btoa(`me2:${SECRET}@`)
} ${SECRET}@`;

const redirectTo = (location: string) => serve({ status: 302, headers: { location } });

const FAILURES: Readonly<Record<string, Behavior>> = {
  "an error status": serve({ status: 401, body: ECHO }),
  "a redirect with a password": redirectTo(`https://me:${SECRET}@elsewhere/csv`),
  "a redirect with a token": redirectTo(`/csv?next=1&Auth_Token=${SECRET}&x=2`),
  "a redirect with a URL in a parameter": redirectTo(
    `/login?to=http%3A%2F%2Fme%3A${SECRET}%40h%2F%3Fkey%3D${SECRET}#${SECRET}`,
  ),
  "a page that repeats the request": serve({ body: `<html>${ECHO}</html>` }),
  "a header that repeats the request": serve({ body: `${ECHO},x\n1,2\n` }),
  "rows that repeat the request": serve({
    body: `${CSV}${"sw-9,1,2\n".repeat(40)}sw-2,${ECHO}\n`,
  }),
  "a body that breaks off": cut(CSV),
  "no HTTP": sendRaw(`token=${SECRET}\r\n\r\n`),
};

/** Sources that no connection reaches. */
const UNREACHED = [`127.0.0.1:${freePort()}`, "no-such-host.invalid:9001"];

async function shownBy(sources: readonly string[], env: Record<string, string>): Promise<string> {
  await using server = await startMetricsServer(sources.join(","), env);
  await until(
    "two polls of every source",
    () =>
      server.log.events.filter(({ event }) => event === "poll.run" || event === "poll.error")
        .length >= 2 * sources.length,
  );
  const paths = ["/stats", "/metrics", "/readyz", "/telemetry/ListMetrics", "/"];
  paths.push("/telemetry/ListMetrics?format=csv", "/telemetry/GetMetric?switch_id=x&metric=a");
  const answers = [];
  for (const path of paths) {
    const { text, headers } = await request(server, path);
    answers.push(text, ...headers.values());
  }
  const { stderr } = await server.stop();
  return [...answers, stderr, JSON.stringify(server.log.events)].join("\n");
}

Deno.test("a source's credentials are sent to it and shown nowhere, whatever fails", async () => {
  await using otlp = new OtlpReceiver();
  const behaviors = [serveSnapshot(CSV), ...Object.values(FAILURES)];
  const fakes = behaviors.map((behavior) => new FakeSource(behavior));
  try {
    const hosts = [...fakes.map(({ port }) => `127.0.0.1:${port}`), ...UNREACHED];
    const urls = hosts.map(withSecrets);
    const shown = await shownBy(urls, otlp.env("metrics_server"));
    await until(
      "a span of every source",
      () => hosts.every((_, n) => JSON.stringify(otlp.spans, asText).includes(`n=${n}&token=***`)),
    );
    const [{ target, headers }] = fakes[0].requests;
    const query = `?n=0&token=${SECRET}%2Fx&X-Amz-Signature=${SECRET}&API-KEY=${SECRET}+y`;
    assertEquals(target, `/counters${query}`);
    assertEquals(headers.get("authorization"), `Basic ${btoa(`me0:${SECRET}@`)}`);
    const all = `${shown}\n${JSON.stringify(otlp.spans, asText)}`;
    assertStringIncludes(all, `${hosts[0]}/counters?n=0&token=***&X-Amz-Signature=***&API-KEY=***`);
    assertEquals(linesWithSecret(all), []);
  } finally {
    for (const fake of fakes) await fake[Symbol.asyncDispose]();
  }
});

const asText = (_name: string, value: unknown) => typeof value === "bigint" ? String(value) : value;

/** Parts of the text around a secret, plain or as Basic credentials. */
function linesWithSecret(text: string): string[] {
  const coded = btoa(`me:${SECRET}@`).slice(6, 12);
  return [...text.matchAll(new RegExp(`.{0,80}(?:${SECRET}|${coded}).{0,40}`, "g"))]
    .map(([found]) => found);
}

for (
  const value of [
    `ftp://me:${SECRET}@h/?token=${SECRET}`,
    `me:${SECRET}@h/csv?key=${SECRET}`,
    `http://me:${SECRET}@h:99999/?sig=${SECRET}#${SECRET}`,
    `http://me:${SECRET},${SECRET}@h/csv`,
    `http://h/csv?token=${SECRET}, ${SECRET}`,
    `http://h/csv?token=${SECRET}1,http://h/csv?token=${SECRET}2`,
    `http://me:${SECRET}/${SECRET}@h/csv`,
  ]
) {
  Deno.test(`a refused UPSTREAM_URL=${value} is shown without its credentials`, async () => {
    const { code, stdout, stderr } = await runToEnd("metrics_server", { UPSTREAM_URL: value });
    assertEquals(code, 78);
    assertStringIncludes(stderr, "UPSTREAM_URL=");
    assertEquals(linesWithSecret(stdout + stderr), []);
  });
}
