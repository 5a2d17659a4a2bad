import { assertEquals, assertStringIncludes } from "@std/assert";
import { ok, runScript } from "../testing/run_script.ts";
import { serveBytes } from "../testing/scripted_server.ts";

/** Runs an iteration; returns the tags of its `http_reqs` with the server's URL as `BASE`. */
async function tagsOf(body: string, answer: (head: string) => string | null, more = "") {
  await using server = serveBytes(answer);
  const { written, stderr, summary, stdout } = await runScript(
    `
    import http from "k6/http";
    import exec from "k6/execution";
    ${more}
    const URL_ = __ENV.URL;
    export default async function () { ${body} }`,
    { env: { URL: server.url }, args: ["-o", "json=out.json"] },
  );
  const json = written.get("out.json")!;
  const tags = json.trim().split("\n").map((line) => JSON.parse(line))
    .filter(({ type, metric }) => type === "Point" && metric === "http_reqs")
    .map(({ data }) => [data.tags.name, data.tags.url]);
  const base = (text: unknown) =>
    text === undefined ? null : String(text).replace(server.url, "BASE");
  return {
    tags: tags.map((pair: unknown[]) => pair.map(base)),
    everything: json + stderr + stdout + JSON.stringify(summary),
    requests: server.requests,
    stderr,
  };
}

const to = (location: string) =>
  `HTTP/1.1 302 X\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
/** Redirects `/to/X` to X, `/elsewhere` and `/nowhere` to URLs with a password; ends at `/down`. */
const answer = (head: string) => {
  const host = /Host: (\S*)/.exec(head)![1];
  if (head.includes(" /elsewhere ")) return to(`//me:s3cret@${host}/end`);
  if (head.includes(" /nowhere ")) return to("//me:s3cret@127.0.0.1:99999/");
  const location = / \/to(\/\S*)/.exec(head)?.[1];
  return location !== undefined ? to(location) : head.includes("/down") ? null : ok();
};

const CASES: [what: string, script: string, tags: [name: string | null, url: string | null][]][] = [
  ["the URL", `await http.asyncRequest("GET", URL_ + "/1");`, [["BASE/1", "BASE/1"]]],
  [
    "tags.name",
    `await http.asyncRequest("GET", URL_ + "/1", null, { tags: { name: "n", url: "u" } });`,
    [["n", "n"]],
  ],
  [
    "a name that is a number",
    `await http.asyncRequest("GET", URL_ + "/1", null, { tags: { name: 7 } });`,
    [["7", "7"]],
  ],
  ["http.url", "await http.asyncRequest('GET', http.url`${URL_}/${1}`);", [["${}/${}", "${}/${}"]]],
  [
    "tags.name before http.url",
    "await http.asyncRequest('GET', http.url`${URL_}/1`, null, { tags: { name: 'n' } });",
    [["n", "n"]],
  ],
  [
    "the VU's tag name, but not its tag url",
    `exec.vu.metrics.tags.name = "vu"; exec.vu.metrics.tags.url = "u";
     await http.asyncRequest("GET", URL_ + "/1");
     await http.asyncRequest("GET", URL_ + "/1", null, { tags: { name: "n" } });
     delete exec.vu.metrics.tags.name;
     await http.asyncRequest("GET", URL_ + "/1");`,
    [["vu", "vu"], ["n", "n"], ["BASE/1", "BASE/1"]],
  ],
  [
    "the URL of each redirect",
    `await http.asyncRequest("GET", URL_ + "/to/1");`,
    [["BASE/to/1", "BASE/to/1"], ["BASE/1", "BASE/1"]],
  ],
  [
    "the name over all redirects",
    `await http.asyncRequest("GET", URL_ + "/to/1", null, { tags: { name: "n" } });
     await http.asyncRequest("GET", http.url\`\${URL_}/to/\${1}\`);`,
    [["n", "n"], ["n", "n"], ["${}/to/${}", "${}/to/${}"], ["${}/to/${}", "${}/to/${}"]],
  ],
  [
    "the name of a failed request",
    `await http.asyncRequest("POST", URL_ + "/down", null, { tags: { name: "n" } });`,
    [["n", "n"]],
  ],
  [
    "each form of a batch",
    `const tags = { name: "n" }, params = { tags };
     http.batch([URL_ + "/1", ["GET", URL_ + "/2", null, params],
       { method: "GET", url: URL_ + "/3", params }, http.url\`\${URL_}/\${4}\`,
       ["GET", http.url\`\${URL_}/\${5}\`], { method: "GET", url: http.url\`\${URL_}/\${6}\` }]);
     http.batch({ a: { method: "GET", url: URL_ + "/7", params } });`,
    [["BASE/1", "BASE/1"], ["n", "n"], ["n", "n"], ["${}/${}", "${}/${}"], ["${}/${}", "${}/${}"], [
      "${}/${}",
      "${}/${}",
    ], ["n", "n"]],
  ],
  [
    "a blocking call",
    `http.get(URL_ + "/1", { tags: { name: "n" } }); http.post(http.url\`\${URL_}/\${2}\`, "x");`,
    [["n", "n"], ["${}/${}", "${}/${}"]],
  ],
];

for (const [what, script, expected] of CASES) {
  Deno.test(`the tags name and url are ${what}`, async () => {
    const { tags, stderr } = await tagsOf(script, answer);
    assertEquals(tags, expected, stderr);
  });
}

Deno.test("url is the name also if systemTags leaves name out", async () => {
  const script = "await http.asyncRequest('GET', http.url`${URL_}/${1}`);";
  const only = (tags: string) =>
    tagsOf(script, answer, `export const options = { systemTags: [${tags}] };`);
  assertEquals((await only('"url"')).tags, [[null, "${}/${}"]]);
  assertEquals((await only('"name"')).tags, [["${}/${}", null]]);
});

Deno.test("thresholds on url and name select the requests of a name", async () => {
  const { stderr } = await tagsOf(
    `for (const id of [1, 2]) {
       await http.asyncRequest("GET", URL_ + "/" + id, null, { tags: { name: "n" } });
     }`,
    answer,
    `export const options = { thresholds: {
       "http_reqs{url:n}": ["count==2"], "http_reqs{name:n}": ["count==2"] } };`,
  );
  assertEquals(stderr.includes("ERRO"), false, stderr);
});

Deno.test("tags of the params do not replace what was measured", async () => {
  const { everything, stderr } = await tagsOf(
    `await http.asyncRequest("GET", URL_ + "/1", null, { tags: {
       status: "ok", method: "list", url: "u", proto: "p", expected_response: "no", scenario: "s" } });`,
    answer,
    `export const options = { thresholds: Object.fromEntries(
       ["status:200", "method:GET", "url:" + __ENV.URL + "/1", "proto:HTTP/1.1", "scenario:s",
         "expected_response:true"].map((tag) => ["http_reqs{" + tag + "}", ["count==1"]])) };`,
  );
  assertEquals(stderr, "");
  assertStringIncludes(everything, '"status":"200"');
});

Deno.test("credentials in URLs are sent, and appear in no tag, output, summary or message", async () => {
  const { everything, tags, requests } = await tagsOf(
    `
    const at = (path, info = "me:s3cret@") => URL_.replace("//", "//" + info) + path;
    const send = async (url, params) => {
      try { await http.asyncRequest("GET", url, null, params); } catch (error) { console.error(error); }
    };
    await send(at("/1"));
    await send(at("/1", "s3cret@"));
    await send(http.url\`http://me:s3cret@127.0.0.1:\${URL_.split(":")[2]}/\${2}\`);
    await send(at("/3"), { tags: { name: at("/3"), at: at("/3") } });
    await send(at("/down")); await send(at("/down"), { throw: true });
    await send(at("/to/5"));
    await send(at("/elsewhere")); await send(at("/nowhere"));
    await send("ftp://me:s3cret@h/"); await send("http://me:s3cret@h:99999/");
    await send("http://me:pa#s3cret@h/"); await send("me:s3cret@h/"); await send(at("", "me:%zzs3cret@"));
    await send("http://me:s3cret@h:99999/", { throw: true });`,
    answer,
  );
  assertEquals(everything.match(/.*s3cret.*/g), null);
  assertEquals(tags[0], ["http://****:****@" + "127.0.0.1" + tags[0][0]!.slice(26), tags[0][0]]);
  const authorized = requests.filter((head) => head.includes("Authorization: Basic ")).length;
  assertEquals(authorized, requests.length);
});
