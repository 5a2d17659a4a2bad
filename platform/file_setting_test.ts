import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { ConfigError } from "./env/config_error.ts";
import { FileSetting, SETTING_CHARS_MAX } from "./file_setting.ts";

/** Files whose texts the test changes; `sum` of two of them. */
async function opened() {
  const files = new Map([["a", "1"], ["b", "2"]]);
  const read = (path: string) => {
    const text = files.get(path);
    return text === undefined
      ? Promise.reject(new Deno.errors.NotFound("os error 2"))
      : Promise.resolve(text);
  };
  const sum = (texts: Record<string, string>) => {
    const numbers = Object.values(texts).map(Number);
    if (numbers.some(Number.isNaN)) throw new Error("must be numbers");
    return numbers.reduce((total, number) => total + number, 0);
  };
  const open = (paths: Record<string, string>) => FileSetting.open(paths, sum, read);
  return { files, open, setting: await open({ A_FILE: "a", B_FILE: "b" }) };
}

Deno.test("FileSetting reads again what has changed, and keeps the value of broken files", async () => {
  using time = new FakeTime();
  const { files, setting } = await opened();
  const seen: (number | string)[] = [setting.value];
  setting.watch((value) => seen.push(value), (problem) => seen.push(problem));
  for (const text of ["1", "5", "x", "x", "y", null, "7", "7"]) {
    if (text === null) files.delete("a");
    else files.set("a", text);
    await time.tickAsync(2000);
  }
  assertEquals(seen, [
    3,
    7,
    "file a of A_FILE, b of B_FILE: must be numbers",
    "file a of A_FILE: no such file",
    9,
  ]);
  setting.close();
  files.set("a", "8");
  await time.tickAsync(4000);
  assertEquals(setting.value, 9);
});

Deno.test("FileSetting refuses a missing, broken or long file with its variable", async () => {
  const { files, open } = await opened();
  files.set("long", "1".repeat(SETTING_CHARS_MAX + 1)).set("text", "x");
  for (
    const [path, problem] of [
      ["none", "no such file"],
      ["long", "262145 characters, at most 262144"],
      ["text", "must be numbers"],
    ]
  ) {
    const error = await assertRejects(() => open({ A_FILE: path }), ConfigError);
    assertEquals(error.message, `file ${path} of A_FILE: ${problem}`);
  }
});
