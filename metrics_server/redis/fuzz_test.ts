/** The client in virtual time, on a server whose replies break at random. */
import { forSeedsInTurn } from "../testing/random.ts";
import { survive } from "./testing/survive.ts";

const ROUNDS = 150;

Deno.test("RedisClient survives broken replies: no wrong data, no hang, and it recovers", () =>
  forSeedsInTurn(ROUNDS, (random) => survive(random)));
