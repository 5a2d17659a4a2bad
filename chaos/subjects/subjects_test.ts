import { assert, assertEquals } from "@std/assert";
import { canRun, runProcess } from "../../tools/processes/mod.ts";
import { readSubjectFile, usesStore } from "../subject/mod.ts";

const HERE = import.meta.dirname!;

const FILES = [...Deno.readDirSync(HERE)].map(({ name }) => name)
  .filter((name) => name.endsWith(".json"));

for (const file of FILES) {
  Deno.test(`${file} describes a subject that names its version and its installation`, async () => {
    const subject = await readSubjectFile(`${HERE}/${file}`);
    assert(subject.version !== null && subject.install !== null);
    assertEquals([subject.age !== null, subject.value !== null], [true, true]);
    assertEquals(usesStore(subject), false);
  });
}

/** The checks that these programs have for their configurations; {file} is the configuration. */
const CHECKS = [
  { config: "nginx.conf", command: ["nginx", "-e", "stderr", "-t", "-q", "-c", "{file}"] },
  { config: "haproxy.cfg", command: ["haproxy", "-c", "-q", "-f", "{file}"] },
  {
    config: "varnish.vcl",
    command: ["varnishd", "-C", "-j", "none", "-n", "{dir}", "-f", "{file}"],
  },
  { config: "prometheus/prometheus.yml", command: ["promtool", "check", "config", "{file}"] },
];

for (const { config, command } of CHECKS) {
  const [program] = command;
  const is_missing = !canRun(["sh", "-c", `command -v ${program}`]);
  Deno.test({
    name: `${program} accepts ${config}${is_missing ? ` (ignored: no ${program} on PATH)` : ""}`,
    ignore: is_missing,
    async fn() {
      const dir = await Deno.makeTempDir();
      const [name, ...folders] = config.split("/").toReversed();
      const env = {
        DIR: dir,
        PORT: "8080",
        UPSTREAM: "http://127.0.0.1:9001/counters",
        POLL_MS: "2000",
        POLL_TIMEOUT_MS: "1000",
      };
      const check = command.map((word) =>
        word.replace("{file}", `${dir}/${name}`).replace("{dir}", dir)
      );
      try {
        const { code, stderr } = await runProcess(["sh", `${HERE}/configured.sh`, name, ...check], {
          cwd: [HERE, ...folders].join("/"),
          env,
        });
        assertEquals(code, 0, stderr);
        assertEquals(/\{[a-z_]+\}/.exec(await Deno.readTextFile(`${dir}/${name}`)), null);
      } finally {
        await Deno.remove(dir, { recursive: true });
      }
    },
  });
}

Deno.test("every FastAPI requirement is pinned to a version", async () => {
  const lines = (await Deno.readTextFile(`${HERE}/fastapi/requirements.txt`)).trim().split("\n");
  assertEquals(lines.filter((line) => !/^[\w-]+==[\w.]+$/.test(line)), []);
  assert(lines.some((line) => line.startsWith("fastapi==")));
});
