import { assertEquals } from "@std/assert";
import { copyOf, expectedStatuses, isEqual, type Params } from "./request_params.ts";

const expected = expectedStatuses(404);
const cookies = { a: "1" };

for (
  const [known, params, is_equal] of [
    [null, null, true],
    [null, {}, false],
    [{}, {}, true],
    [{ timeout: 1 }, { timeout: 1 }, true],
    [{ timeout: 1 }, {}, false],
    [{}, { timeout: 1 }, false],
    [{ tags: { a: "1" } }, { tags: { a: "1" } }, true],
    [{ tags: { a: "1" } }, { tags: { a: "2" } }, false],
    [{ tags: { a: "1" } }, { tags: { a: "1", b: "2" } }, false],
    [{ tags: { a: "1", b: "2" } }, { tags: { a: "1" } }, false],
    [{ headers: { a: "1" } }, { tags: { a: "1" } }, false],
    [{ headers: { a: ["1"] } }, { headers: { a: ["1"] } }, false],
    [{ responseCallback: expected }, { responseCallback: expected }, true],
    [{ responseCallback: expected }, { responseCallback: expectedStatuses(404) }, true],
    [{ responseCallback: expected }, { responseCallback: expectedStatuses(405) }, false],
    [{ responseCallback: expected }, { responseCallback: null }, false],
    [{}, { cookies }, false],
  ] as [Params | null, Params | null, boolean][]
) {
  Deno.test(`isEqual(${JSON.stringify(known)}, ${JSON.stringify(params)}) is ${is_equal}`, () => {
    assertEquals(isEqual(known, params), is_equal);
  });
}

Deno.test("copyOf keeps the params when the script changes its object", () => {
  const params = { tags: { a: "1" }, headers: { b: "2" }, timeout: 1 };
  const copy = copyOf(params)!;
  for (const change of [() => params.tags.a = "3", () => params.headers.b = "3"]) {
    assertEquals(isEqual(copy, { tags: { a: "1" }, headers: { b: "2" }, timeout: 1 }), true);
    change();
    assertEquals(isEqual(copy, params), false);
  }
});
