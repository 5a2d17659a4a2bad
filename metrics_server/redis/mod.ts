/** A small Redis client: RESP3, pipelined commands, reconnects by itself. */
export { type Dial, dialRedis, RedisClient, type RedisClientOptions } from "./client.ts";
export { ConnectionError } from "./connection.ts";
export { redisAddress } from "./redis_url.ts";
export { ReplyReader } from "./reply_reader.ts";
