import { assertEquals } from "@std/assert";
import { iterate, ok, runScript, said } from "../testing/run_script.ts";
import { serveBytes } from "../testing/scripted_server.ts";

const FIELDS = "body cookies error error_code headers ocsp proto remote_ip remote_port request " +
  "status status_text timings tls_cipher_suite tls_version url";

for (
  const [way, expression] of [
    ["a spread", "{ ...r }"],
    ["Object.assign", "Object.assign({}, r)"],
    ["Object.entries", "Object.fromEntries(Object.entries(r))"],
    ["a function of Object in a variable", "assign.call(null, {}, r)"],
    ["a transpiled spread", "transpiled({}, r)"],
    ["the rest of a destructuring", "(() => { const { ...rest } = r; return rest; })()"],
    ["JSON", "JSON.parse(JSON.stringify(r))"],
  ] as const
) {
  Deno.test(`a copy of a response by ${way} has its body and all other fields`, async () => {
    const { said, stderr } = await iterate(
      `
      const assign = Object.assign || null;
      const transpiled = (to, from) => {
        for (var key in from) if (Object.prototype.hasOwnProperty.call(from, key)) to[key] = from[key];
        return to;
      };
      const r = await get("/");
      const copy = ${expression};
      say(copy.body, copy.headers["X-A"], copy.timings.duration === r.timings.duration,
        copy.json?.("a"), Object.keys(copy).filter((key) => typeof copy[key] !== "function").sort());`,
      () => ok('{"a":1}', "X-A: b\r\n"),
    );
    const json = way === "JSON" ? null : 1;
    assertEquals(said, [['{"a":1}', "b", true, json, FIELDS.split(" ")]], stderr);
  });
}

Deno.test("a response's fields are its own on a thread, and in a VU's second copy of a file", async () => {
  await using server = serveBytes(() => ok("x"));
  const script = `
    import http from "k6/http";
    export const options = { vus: 2, iterations: 2 };
    const CALL
    const copy = (r) => ({ ...r });
    export default async () => console.log(copy(await call(__ENV.URL)).body);`;
  for (const call of ["http.get(url)", `http.asyncRequest("GET", url)`]) {
    const { stderr } = await runScript(script.replace("CALL", `call = (url) => ${call};`), {
      env: { URL: server.url },
    });
    assertEquals(said(stderr), ["x", "x"], stderr);
  }
});

Deno.test("a script may write a response's fields", async () => {
  const { said } = await iterate(
    `const r = await get("/"); r.body = r.body.length; r.status = 7;
    say(r.body, r.status, { ...r }.body);`,
    () => ok("abc"),
  );
  assertEquals(said, [[3, 7, 3]]);
});
