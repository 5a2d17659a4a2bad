/** One iteration against a server of the test's own, for tests of `k6/http`. */
import { KEEP_SUMMARY, runScript } from "./run_script.ts";
import { type Answer, serveBytes } from "./scripted_server.ts";

/** Runs the body of one iteration against the server; gives back what it logged. */
export async function iterate(
  body: string,
  answer: (head: string) => Answer | Promise<Answer>,
  options: Record<string, unknown> = {},
) {
  await using server = serveBytes(answer);
  const run = await runScript(
    `
    import http from "k6/http";
    import { check } from "k6";
    export const options = ${JSON.stringify(options)};
    const say = (...values) => console.log(JSON.stringify(values));
    const get = (path, params) => http.asyncRequest("GET", __ENV.URL + path, null, params);
    export default async function () {
      ${body}
    }${KEEP_SUMMARY}`,
    { env: { URL: server.url } },
  );
  const said = run.stderr.split("\n").filter((line) => line.startsWith("INFO"))
    .map((line) => JSON.parse(line.slice(line.indexOf(" "))));
  const { requests, connections } = server;
  return { ...run, said, metrics: run.summary!.metrics, requests, connections };
}

/** A whole answer with status 200. */
export const ok = (body = "", headers = "") =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;
