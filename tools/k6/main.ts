/** `deno task k6 run FILE`: runs a k6 script where there is no k6. */
import { onStopSignal } from "../../platform/mod.ts";
import { commandOf, type Invocation, parseInvocation, USAGE, versionText } from "./command_line.ts";
import { ConfigProblem, EXIT_CODES } from "./exit_codes.ts";
import { defineGlobals } from "./k6/globals.ts";
import type { Outside } from "./run/system.ts";
import { runTest } from "./run/test_run.ts";

const encoder = new TextEncoder();

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
}

function describeSystem(): Outside {
  const cwd = new URL(`file://${Deno.cwd()}/`).href;
  // As `run -` names the script.
  const stdin_url = `${cwd}-`;
  return {
    cwd,
    env: Deno.env.toObject(),
    is_stdout_tty: Deno.stdout.isTerminal(),
    is_stderr_tty: Deno.stderr.isTerminal(),
    now: () => performance.now(),
    epoch_origin_ms: performance.timeOrigin,
    random: () => Math.random(),
    stdout: (text) => writeAll(Deno.stdout, text),
    stderr: (text) => writeAll(Deno.stderr, text),
    readText: (url) =>
      url === stdin_url
        ? new Response(Deno.stdin.readable).text()
        : Deno.readTextFile(new URL(url)),
    readBytes: (url) => Deno.readFileSync(new URL(url)),
    writeFile: (path, content) =>
      typeof content === "string"
        ? Deno.writeTextFile(path, content)
        : Deno.writeFile(path, content),
    openForWriting(path) {
      const file = Deno.openSync(path, { write: true, create: true, truncate: true });
      return { write: (text) => writeAll(file, text), close: () => file.close() };
    },
    stop_requested: onStopSignal(),
  };
}

async function main(args: readonly string[]): Promise<number> {
  const command = commandOf(args);
  switch (command.name) {
    case "help":
      writeAll(Deno.stdout, `${USAGE}\n`);
      return EXIT_CODES.ok;
    case "version":
      writeAll(
        Deno.stdout,
        `${versionText(Deno.version.deno, `${Deno.build.os}/${Deno.build.arch}`)}\n`,
      );
      return EXIT_CODES.ok;
    case "unsupported":
      writeAll(Deno.stderr, `${command.detail}\n`);
      return EXIT_CODES.other_error;
    case "run":
      return await run(args);
  }
}

async function run(args: readonly string[]): Promise<number> {
  let invocation: Invocation;
  try {
    invocation = parseInvocation(args, Deno.env.toObject());
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    writeAll(Deno.stderr, `${error.message}\n`);
    return error.exit_code;
  }
  defineGlobals();
  return await runTest(invocation, describeSystem());
}

Deno.exit(await main(Deno.args));
