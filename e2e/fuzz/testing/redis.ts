/** Broken replies of Redis, against its client in virtual time. A case is its seed. */
import { survive } from "../../../metrics_server/redis/testing/survive.ts";
import { Random } from "../../../metrics_server/testing/random.ts";
import type { OpenTarget, Target } from "./fuzz.ts";

/** @param decode Reads a stored entry; a test plants a defect here. */
export function redisTarget(decode?: Parameters<typeof survive>[1]): Target {
  const open: OpenTarget = {
    draw: (random) => [String(random.below(2 ** 31))],
    async check([seed]) {
      if (!seed) return null;
      // Rejections that reach no caller are failures as well.
      const lost: unknown[] = [];
      const onLost = (event: PromiseRejectionEvent) => {
        event.preventDefault();
        lost.push(event.reason);
      };
      addEventListener("unhandledrejection", onLost);
      try {
        await survive(new Random(Number(seed)), decode);
        await new Promise((resolve) => setTimeout(resolve));
      } finally {
        removeEventListener("unhandledrejection", onLost);
      }
      return lost.length === 0 ? null : `wrong data: ${lost[0]}`;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { name: "redis", open: () => Promise.resolve(open) };
}
