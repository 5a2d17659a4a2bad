/**
 * A `Date` whose present is `now_ms()`; all else is the real one's, its objects too.
 *
 * ```ts
 * const Fake = fakeDate(() => 0);
 * new Fake().toISOString(); // "1970-01-01T00:00:00.000Z"
 * ```
 */
export function fakeDate(now_ms: () => number): DateConstructor {
  return new Proxy(Date, {
    construct: (target, args, new_target) =>
      Reflect.construct(target, args.length === 0 ? [now_ms()] : args, new_target),
    apply: (target) => new target(now_ms()).toString(),
    get: (target, key) => key === "now" ? now_ms : Reflect.get(target, key),
  });
}
