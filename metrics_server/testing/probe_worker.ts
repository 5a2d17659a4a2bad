/** A worker that tries what an intruder in a worker would, and reports what succeeded. */
const tries: Record<string, () => unknown> = {
  "read /etc/passwd": () => Deno.readTextFileSync("/etc/passwd"),
  "read .env": () => Deno.readTextFileSync(".env"),
  "write": () => Deno.writeTextFileSync("probe-of-permissions", "x"),
  "environment": () => Deno.env.get("HOME"),
  "run": () => new Deno.Command("true").outputSync(),
  "host name": () => Deno.hostname(),
};

self.onmessage = async ({ data }: MessageEvent<{ hosts: string[]; folder: string }>) => {
  for (const host of data.hosts) tries[`fetch ${host}`] = () => fetch(`http://${host}/`);
  tries["read folder"] = () => [...Deno.readDirSync(data.folder)];
  const done: string[] = [];
  for (const [name, run] of Object.entries(tries)) {
    try {
      await run();
      done.push(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) done.push(name);
    }
  }
  (self as unknown as Worker).postMessage(done);
};
