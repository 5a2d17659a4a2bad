/** Bodies of many dialects and kinds of rows, from the source to the answer. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  FakeSource,
  getMetric,
  listMetrics,
  sendRaw,
  serve,
  startMetricsServer,
  stats,
  until,
} from "./harness/mod.ts";

const DIALECTS: [what: string, body: string, value: string | number][] = [
  ["a quote in a cell", `switch_id,m\nsw-0,37°36'37.8"N\n`, `37°36'37.8"N`],
  ["text after a closing quote", 'switch_id,m\nsw-0,"a"b\n', '"a"b'],
  ["spaces around a cell", "switch_id,m\n sw-0 , 5 \n", 5],
  ["a line end in a quoted header cell", 'switch_id,"other\nname",m\nsw-0,1,5\n', 5],
  ["carriage returns alone", "switch_id,m\rsw-0,5\rsw-1,6\r", 5],
  ["a line sep=;", "sep=;\r\nswitch_id;m\r\nsw-0;5\r\n", 5],
  ["a trailing delimiter in each row", "switch_id,m\nsw-0,5,\n", 5],
  ["a trailing delimiter in the header", "switch_id,m,\nsw-0,5\n", 5],
  ["trailing delimiters everywhere", "switch_id,m,\nsw-0,5,\n", 5],
];

Deno.test("values of all dialects are served as they were written", async (t) => {
  await using source = new FakeSource(serve({ body: "switch_id,m\nsw-0,0\n" }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  for (const [what, body, value] of DIALECTS) {
    await t.step({
      name: what,
      sanitizeOps: false,
      sanitizeResources: false,
      async fn() {
        const mark = server.log.mark;
        source.behavior = serve({ body });
        await server.log.wait("poll.run", ({ bad_rows }) => bad_rows === 0, mark);
        assertEquals((await getMetric(server, "sw-0", "m")).json().value, value);
      },
    });
  }
});

Deno.test("a repeated column is reported and left out, the others are served", async () => {
  const body = "switch_id,a,b,a,\nsw-0,1,2,3\nsw-1,4,5,6,\n";
  await using source = new FakeSource(serve({ body }));
  await using server = await startMetricsServer(source.url);
  const { repeated_columns, uneven_rows } = await server.log.wait("poll.run");
  assertEquals([repeated_columns, uneven_rows], [["a"], 1]);
  assertEquals((await listMetrics(server)).json().fields, ["b"]);
  const answer = await getMetric(server, "sw-1", "a");
  assertEquals(answer.status, 404);
  assertMatch(answer.json().detail, /Several columns of the source have this name/);
  const { sources, poller } = await stats(server);
  assertEquals([sources[0].repeated_columns, poller.uneven_rows], [["a"], 1]);
});

Deno.test("planes and aggregated ports of UFM XDR are rows with ids of their own", async () => {
  const planes = Array.from(
    { length: 8 },
    (_, i) => `2,0xa${i >> 1},${i % 2 + 1},0xf,${i % 2 + 1},${i}`,
  );
  for (const cells of ["", "0xa0"]) {
    const port = (n: number) => cells === "" ? "" : n;
    const aggregated = [1, 2].map((n) => `4,${cells},${port(n)},0xf,${n},${n + 10}`);
    const lines = ["port_type,Node_GUID,port_num,sys_image_guid,aport,x", ...planes, ...aggregated];
    await using source = new FakeSource(serve({ body: `${lines.join("\n")}\n` }));
    await using server = await startMetricsServer(source.url);
    const { rows, bad_rows, repeated_ids } = await server.log.wait("poll.run");
    assertEquals([rows, bad_rows, repeated_ids], [10, 0, 0]);
    assertEquals((await getMetric(server, "0xf:2", "x")).json().value, 12);
    assertEquals((await getMetric(server, "0xa0:2", "x")).json().value, 1);
  }
});

Deno.test("a growing body without length and last line end is served after some polls", async () => {
  let rows = 3;
  const row = (n: number) => `\nsw-${n},some text,${n}`;
  await using source = new FakeSource({
    act(...exchange) {
      const body = `switch_id,text,m${Array.from({ length: ++rows }, (_, n) => row(n)).join("")}`;
      return sendRaw(`HTTP/1.1 200 OK\r\n\r\n${body}`).act(...exchange);
    },
  });
  await using server = await startMetricsServer(source.url);
  const { detail } = await server.log.wait("poll.error");
  assertMatch(detail, /without a line end, and its length was not announced$/);
  await until("a snapshot", async () => (await stats(server)).poller.rows > 0);
  assertEquals((await getMetric(server, "sw-2", "m")).json().value, 2);
});
