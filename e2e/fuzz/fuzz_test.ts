/** Each target finds its planted defect, and findings of the past stay fixed. */
import { assert, assertEquals } from "@std/assert";
import { decodeEntry, Poller } from "../../metrics_server/testing/fuzzed.ts";
import { bodiesTarget } from "./testing/bodies.ts";
import { type Finding, fuzz, type OpenTarget, problemOf, type Target } from "./testing/fuzz.ts";
import { k6OptionsTarget, READERS } from "./testing/k6_options.ts";
import { openHttp } from "./testing/http.ts";
import { brokenAnswers } from "./testing/http_answers.ts";
import { redisTarget } from "./testing/redis.ts";
import { type Served, toxiproxyTarget } from "./testing/toxiproxy.ts";
import { isMissing, startEngine } from "../../tools/toxiproxy/testing/stand.ts";

async function opened(target: Target): Promise<OpenTarget> {
  const open = await target.open();
  if (typeof open === "string") throw new Error(`${target.name} cannot run: ${open}`);
  return open;
}

/** The finding within `cases_max` cases, from seed 1 on. */
async function findingOf(name: string, target: OpenTarget, cases_max: number): Promise<Finding> {
  const { finding } = await fuzz(name, target, 1, (cases) => cases < cases_max);
  assert(finding !== null, `${name}: no finding in ${cases_max} cases`);
  assertEquals(
    (await problemOf(target, finding.parts))?.split(":")[0],
    finding.problem.split(":")[0],
  );
  return finding;
}

Deno.test("bodies: a poller that counts a failure twice is found within 100 cases, by one answer", async () => {
  await using target = await opened(
    bodiesTarget((config, world, report) =>
      new Poller(config, world, (outcome) => {
        const failures = outcome.stats.failures * 2;
        report({ ...outcome, stats: { ...outcome.stats, failures } });
      })
    ),
  );
  const { parts, problem } = await findingOf("bodies", target, 100);
  assertEquals([parts.length, problem.startsWith("counters do not add up")], [1, true]);
});

Deno.test("bodies: a reader that changes bytes is found within 100 cases", async () => {
  await using target = await opened(bodiesTarget((config, world, report) => {
    const read: typeof world.read = (request, openSink) =>
      world.read(request, (length) => {
        const sink = openSink(length);
        return { push: (chunk) => sink.push(chunk.map((byte) => byte === 0x31 ? 0x32 : byte)) };
      });
    return new Poller(config, { ...world, read }, report);
  }));
  const { problem } = await findingOf("bodies", target, 100);
  assert(problem.startsWith("row is not in the body"), problem);
});

Deno.test("redis: a client that believes damaged entries is found within 300 cases", async () => {
  const decode: typeof decodeEntry = (entry, source, bytes_max) => {
    try {
      return decodeEntry(entry, source, bytes_max);
    } catch {
      const whole = { snapshot_id: "s-1", body: entry } as unknown;
      return whole as ReturnType<typeof decodeEntry>;
    }
  };
  await using target = await opened(redisTarget(decode));
  await findingOf("redis", target, 300);
});

for (
  const [defect, readers, part] of [
    ["script options above flags", {
      mergeOptions: (...layers) => READERS.mergeOptions(...layers.toReversed()),
    }, "options"],
    ["minutes as milliseconds", {
      parseDuration: (value) => READERS.parseDuration(String(value).replaceAll(/m(?!s)/g, "ms")),
    }, "duration"],
    ["thresholds whose == is ===", {
      parseExpression: (text) => READERS.parseExpression(text.replace(/(?<![=!])==(?!=)/, "===")),
    }, "threshold"],
  ] as [string, Partial<typeof READERS>, string][]
) {
  Deno.test(`k6_options: ${defect} are found within 300 cases, in one or two options`, async () => {
    await using target = await opened(k6OptionsTarget({ ...READERS, ...readers }));
    const { parts, problem } = await findingOf("k6_options", target, 300);
    assert(parts.length <= 2, JSON.stringify(parts));
    assert(problem.startsWith(part), problem);
  });
}

/** A server with one defect: an invalid escape in the query becomes an undocumented 500. */
function defective(): OpenTarget {
  const stack = new AsyncDisposableStack();
  const answer = ({ url }: Request) => {
    const is_invalid = url.includes("%zz");
    return new Response(is_invalid ? "oops" : "{}", { status: is_invalid ? 500 : 200 });
  };
  const listening = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = stack.use(Deno.serve(listening, answer));
  return openHttp([{ port: server.addr.port, look: () => Promise.resolve(null) }], stack);
}

Deno.test("http: a server that answers 500 to an invalid escape is found within 300 cases", async () => {
  await using target = defective();
  const { parts, problem } = await findingOf("http", target, 300);
  assert(problem.startsWith("undocumented status 500"), problem);
  assert(parts.join("").length < 60, JSON.stringify(parts));
});

Deno.test("http: answers that are malformed, cut or no problem+json break an invariant", () => {
  const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}";
  const head = ok.slice(0, -2);
  for (
    const [text, problem] of [
      [ok + ok, undefined],
      [head + ok, undefined],
      ["", undefined],
      [`${ok}junk`, "malformed answer"],
      [`${head}{`, "malformed body"],
      [`${head}{,`, "JSON that does not parse"],
      [ok.replace("200", "404"), "error 404 that is no problem+json"],
      [ok.replace("content-length: 2", "transfer-encoding: chunked"), "malformed body"],
    ] as const
  ) assertEquals(brokenAnswers(text)?.split(":")[0], problem, text);
});

/** The embedded engine behind a server that shows a wrong stream of each toxic. */
async function wrongStreams(): Promise<Served> {
  const engine = await startEngine("embedded");
  const listening = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(listening, async (request) => {
    const { method, body } = request;
    const init: RequestInit = { method, body, redirect: "manual" };
    const answer = await fetch(engine.client.url + new URL(request.url).pathname, init);
    const { status, headers } = answer;
    const text = (await answer.text()).replace('"stream":"downstream"', '"stream":"upstream"');
    return new Response(status === 204 ? null : text, { status, headers });
  });
  return {
    client: { url: `http://127.0.0.1:${server.addr.port}` },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await engine[Symbol.asyncDispose]();
    },
  };
}

Deno.test({
  name: "toxiproxy: a wrong answer is found within 100 cases, by two calls (real)",
  ignore: isMissing("real"),
  async fn() {
    await using target = await opened(toxiproxyTarget(wrongStreams));
    const { parts, problem } = await findingOf("toxiproxy", target, 100);
    assert(problem.startsWith("other answer"), problem);
    assertEquals(parts.length, 2, JSON.stringify(parts));
  },
});

Deno.test("findings of the past stay fixed", async () => {
  const folder = new URL("./regressions/", import.meta.url);
  const targets = [bodiesTarget(), redisTarget(), k6OptionsTarget()];
  for await (const { name } of Deno.readDir(folder)) {
    const finding: Finding = JSON.parse(await Deno.readTextFile(new URL(name, folder)));
    const target = targets.find((one) => one.name === finding.target);
    assert(target !== undefined, `${name}: no target ${finding.target}`);
    await using open = await opened(target);
    assertEquals(await problemOf(open, finding.parts), null, name);
  }
});
