import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { runModule } from "../testing/run_module.ts";
import { ConfigError } from "./config_error.ts";
import { loadEnv } from "./load_env.ts";

async function withDotenv(
  content: string,
  use: (path: string) => void | Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".env" });
  try {
    await Deno.writeTextFile(path, content);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("loadEnv reads from .env the variables that the process has not set", async () => {
  await withDotenv("PLATFORM_TEST_A=1\n", (path) => {
    assertEquals(loadEnv(path).PLATFORM_TEST_A, "1");
    assertEquals(loadEnv(path).PLATFORM_TEST_B, undefined);
  });
});

Deno.test("loadEnv prefers the process's variables, even empty ones", async () => {
  await withDotenv(
    "PLATFORM_TEST_A=file\nPLATFORM_TEST_B=file\nPLATFORM_TEST_C=file\n",
    async (path) => {
      const { stdout } = await runModule("testing/print_env.ts", {
        args: [path, "PLATFORM_TEST_A", "PLATFORM_TEST_B", "PLATFORM_TEST_C"],
        permissions: [
          `--allow-read=${path}`,
          "--allow-env=PLATFORM_TEST_A,PLATFORM_TEST_B,PLATFORM_TEST_C",
        ],
        env: { PLATFORM_TEST_A: "process", PLATFORM_TEST_B: "" },
      });
      assertEquals(JSON.parse(stdout), ["process", "", "file"]);
    },
  );
});

Deno.test("loadEnv reads quotes, comments, export, CRLF and a byte order mark", async () => {
  const content = '\uFEFFPLATFORM_TEST_A=1\r\n# no\r\nexport PLATFORM_TEST_B="x # y"\r\n' +
    "PLATFORM_TEST_C='z' # comment\r\nPLATFORM_TEST_D=a=b\r\nPLATFORM_TEST_E=\r\n";
  await withDotenv(content, (path) => {
    const env = loadEnv(path);
    assertEquals(["A", "B", "C", "D", "E"].map((letter) => env[`PLATFORM_TEST_${letter}`]), [
      "1",
      "x # y",
      "z",
      "a=b",
      "",
    ]);
  });
});

Deno.test("loadEnv works without a .env file", () => {
  assertEquals(loadEnv("no-such-folder/.env").PLATFORM_TEST_A, undefined);
});

Deno.test("loadEnv names a .env that is a folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const error = assertThrows(() => loadEnv(folder), ConfigError);
    assertStringIncludes(error.message, `${folder}: cannot be read: `);
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("loadEnv refuses a .env over the limit and names both sizes", async () => {
  await withDotenv("#".repeat(65_536 + 1), (path) => {
    const error = assertThrows(() => loadEnv(path), ConfigError);
    assertEquals(error.message, `${path}: 65537 characters, at most 65536`);
  });
});

Deno.test("loadEnv names the permission that is missing for a variable or for the file", async () => {
  await withDotenv("", async (path) => {
    const variable = await runModule("testing/print_env.ts", {
      args: [path, "PLATFORM_TEST_A"],
      permissions: [`--allow-read=${path}`],
    });
    assertEquals(variable.stderr, "PLATFORM_TEST_A: may not be read: add it to --allow-env\n");
    const file = await runModule("testing/print_env.ts", {
      args: [path, "PLATFORM_TEST_A"],
      permissions: [],
    });
    assertEquals(file.stderr, `${path}: may not be read: add it to --allow-read\n`);
  });
});

Deno.test("ignoredSettings examines the file's names, and the process's if it may list them", async () => {
  await withDotenv("PLATFORM_TEST_NAMES=1\noops\n", async (path) => {
    const run = (...permissions: string[]) =>
      runModule("testing/print_ignored.ts", {
        args: [path, "PLATFORM_TEST_NAME"],
        permissions: [`--allow-read=${path}`, ...permissions],
        env: { PLATFORM_TEST_NMAE: "1" },
      });
    assertEquals(JSON.parse((await run("--allow-env=A")).stdout), [2, "PLATFORM_TEST_NAMES"]);
    assertEquals(
      JSON.parse((await run("--allow-env")).stdout),
      [2, "PLATFORM_TEST_NAMES", "PLATFORM_TEST_NMAE", "closed"],
    );
  });
});
