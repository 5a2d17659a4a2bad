/** A small Redis client: RESP3, pipelined commands, reconnects by itself. */
export { type Dial, dialRedis, RedisClient, type RedisClientOptions } from "./client.ts";
export { ConnectionError } from "./connection.ts";
export { type RedisAddress, redisAddress } from "./redis_url.ts";
export { ReplyError } from "./reply_reader.ts";
