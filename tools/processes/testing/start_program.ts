/** A program of a test's own, as a process that can be killed. */

/** Started, with its stdout as text. */
export interface StartedProgram {
  readonly process: Deno.ChildProcess;
  readonly lines: ReadableStreamDefaultReader<string>;
}

/** Starts a module from its source text, at the project's root; it names modules by their URLs. */
export async function startProgram(source: string): Promise<StartedProgram> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", "--ext=ts", "-"],
    cwd: new URL("../../../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  await new Blob([source]).stream().pipeTo(process.stdin);
  return { process, lines: process.stdout.pipeThrough(new TextDecoderStream()).getReader() };
}
