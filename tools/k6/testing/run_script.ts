/** Runs scripts in this process, with files in memory, for tests. */
import { parseInvocation } from "../command_line.ts";
import { defineGlobals } from "../k6/globals.ts";
import type { System } from "../run/system.ts";
import { runTest } from "../run/test_run.ts";
import type { SummaryData } from "../summary/summary.ts";
import { type Answer, serveBytes } from "./scripted_server.ts";

interface ScriptSetting {
  /** Other files, by path relative to the script. */
  files?: Record<string, string | Uint8Array>;
  args?: string[];
  env?: Record<string, string>;
  stop_requested?: Promise<unknown>;
  /** Whether stderr is a terminal; undefined: `--quiet`. */
  is_stderr_tty?: boolean;
  /** Default: files in memory. */
  openForWriting?: System["openForWriting"];
  /** The script's name. Default: `test.js`. */
  name?: string;
}

/** Appended to a script: keeps the summary data of {@link runScript}. */
export const KEEP_SUMMARY = `
export function handleSummary(data) { return { "summary.json": JSON.stringify(data) }; }
`;

const CWD = "file:///scripts/";

export async function runScript(script: string, setting: ScriptSetting = {}) {
  const { files = {}, args = [], env = {}, name = "test.js", is_stderr_tty } = setting;
  const all: Record<string, string | Uint8Array> = { [name]: script, ...files };
  let stdout = "", stderr = "";
  /** Written files, by path. */
  const written = new Map<string, string>();
  const read = (url: string) => {
    const content = all[url.slice(CWD.length)];
    if (content === undefined) throw new Deno.errors.NotFound(`no such file: ${url}`);
    return content;
  };
  const text = (content: string | Uint8Array) =>
    typeof content === "string" ? content : new TextDecoder().decode(content);
  const system: System = {
    cwd: CWD,
    env: () => env,
    is_stdout_tty: false,
    is_stderr_tty: is_stderr_tty ?? false,
    now: () => performance.now(),
    epoch_origin_ms: performance.timeOrigin,
    random: () => Math.random(),
    stdout: (text) => stdout += text,
    stderr: (text) => stderr += text,
    readText: (url) => Promise.resolve().then(() => text(read(url))),
    readBytes(url) {
      const content = read(url);
      return typeof content === "string" ? new TextEncoder().encode(content) : content;
    },
    writeFile(path, content) {
      written.set(path, text(content));
      return Promise.resolve();
    },
    openForWriting: setting.openForWriting ?? ((path) => {
      written.set(path, "");
      return { write: (more) => written.set(path, written.get(path)! + more), close() {} };
    }),
    stop_requested: setting.stop_requested ?? new Promise(() => {}),
  };
  const undo = defineGlobals();
  try {
    const quiet = is_stderr_tty === undefined ? ["--quiet"] : [];
    const invocation = parseInvocation(["run", ...quiet, ...args, name], env);
    const code = await runTest(invocation, system);
    const json = written.get("summary.json");
    const summary: SummaryData | null = json === undefined ? null : JSON.parse(json);
    return { code, stdout, stderr, written, summary };
  } finally {
    undo();
  }
}

/** The script's console.log lines. */
export function said(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("INFO"))
    .map((line) => line.replace(/^INFO\[\d+\] /, ""));
}

/** Runs the body of one iteration against a server; returns the values it passed to `say`. */
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
  const { requests, connections } = server;
  const values = said(run.stderr).map((line) => JSON.parse(line));
  return { ...run, said: values, metrics: run.summary!.metrics, requests, connections };
}

/** A whole answer with status 200. */
export const ok = (body = "", headers = "") =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;
