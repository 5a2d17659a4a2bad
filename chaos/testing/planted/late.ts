/** Answers that come late. */
type Answer = (request: Request) => Response;

/** Share of late answers, one in this many, and their delay in milliseconds. */
const LATE_ONE_IN = 30, LATE_ANSWER_MS = 40;

/** Length and period of the freezes, in milliseconds. */
const STILL_MS = 900;
export const STILL_EVERY_MS = 2_000;

/** Blocks the thread, like a lock or a garbage collection. */
export function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STILL_MS);
}

/** The same answers, none, some or all of them late. */
export function late(answer: Answer, which: "none" | "some" | "all") {
  let arrivals = 0;
  return async (request: Request): Promise<Response> => {
    const is_one_of_many = ++arrivals % LATE_ONE_IN === 0;
    if (which === "all" || which === "some" && is_one_of_many) {
      await new Promise((resolve) => setTimeout(resolve, LATE_ANSWER_MS));
    }
    return answer(request);
  };
}
