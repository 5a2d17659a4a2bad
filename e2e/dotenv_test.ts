/** The `.env` file: what services read from it, and what they ignore in it. */
import { assertEquals, assertMatch } from "@std/assert";
import { FakeSource, runToEnd, serveSnapshot, Service } from "./harness/mod.ts";

const EXIT_CODE_CONFIG = 78;

Deno.test("an .env file is read; variables of the process override it", async () => {
  await using source = new FakeSource(serveSnapshot("switch_id,a\nsw-0,1\n"));
  const folder = await Deno.makeTempDir();
  const shared = `# a comment\nUPSTREAM_URL='${source.url}'\nPORT=0\nBIND_HOST="127.0.0.1"`;
  try {
    await Deno.writeTextFile(`${folder}/.env`, `${shared}\nPOLL_MS=250 # ms\nSERVE_THREADS=2\n`);
    const own = { SERVE_THREADS: 1, MAX_STALE_MS: 5000 };
    await using server = await Service.start("metrics_server", own, folder);
    const { config } = server.log.all("startup")[0];
    assertEquals([config.UPSTREAM_URL, config.POLL_MS], [[source.url], 250]);
    assertEquals([config.SERVE_THREADS, config.MAX_STALE_MS], [1, 5000]);

    await Deno.writeTextFile(`${folder}/.env`, `${shared}\nPOLL_MS=fast\nLOG_LEVEL=loud\n`);
    const end = await runToEnd("metrics_server", { LOG_LEVEL: "INFO" }, folder);
    assertEquals([end.code, end.stdout, end.stderr], [
      EXIT_CODE_CONFIG,
      "",
      "POLL_MS=fast: must be a whole number 100–3600000 (ms), e.g. 1500\n",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a variable near a known name and a broken line of .env are logged as ignored", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/.env`, "PORT=0\nBIND_HOST 127.0.0.1\nDATA_PORT=1\n");
    for (
      const [name, wrong, meant] of [
        ["metrics_server", "MAX_STALE", "MAX_STALE_MS"],
        ["data_server", "DATA_SWITCH", "DATA_SWITCHES"],
      ] as const
    ) {
      await using service = await Service.start(name, { [wrong]: 5, BIND_HOST: "::1" }, folder);
      assertEquals(
        service.log.all("config.ignored").map(({ variable, line }) => variable ?? line),
        [2, wrong],
      );
      assertMatch(service.log.all("config.ignored")[1].detail, new RegExp(`mean ${meant}\\?`));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
