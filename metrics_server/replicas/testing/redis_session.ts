/**
 * The server's side of one connection to a {@link SimulatedRedis}: commands in, replies out, as
 * bytes. It knows the commands that the Redis client and the shared store send.
 */
import { joinBytes } from "../../../platform/mod.ts";
import { ReplyReader } from "../../redis/mod.ts";
import { HOLD, PUBLISH } from "../scripts.ts";
import { parseVersion, versionText } from "../version.ts";
import { OUT_OF_MEMORY, type SimulatedRedis } from "./simulated_redis.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const COMMAND_BYTES_MAX = 1 << 20;
const READ_ONLY = "READONLY You can't write against a read only replica.";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class RedisSession {
  readonly #reader = new ReplyReader(COMMAND_BYTES_MAX);
  /** Ends its subscription. */
  close = () => {};

  /** @param send Sends bytes to the client. */
  constructor(
    readonly redis: SimulatedRedis,
    readonly name: string,
    readonly send: (bytes: Bytes) => void,
  ) {}

  receive(bytes: Bytes): void {
    for (const command of this.#reader.push(bytes)) {
      try {
        this.#execute(command as Bytes[]);
      } catch (error) {
        this.#write(`-${(error as Error).message}\r\n`);
      }
    }
  }

  #execute([name, ...rest]: Bytes[]): void {
    const { redis } = this;
    const [key, value] = rest;
    switch (decoder.decode(name)) {
      case "SUBSCRIBE":
        return this.#subscribe(decoder.decode(key));
      case "SET":
        if (redis.read_only) throw new Error(READ_ONLY);
        if (redis.full) throw new Error(OUT_OF_MEMORY);
        redis.uploads.set(decoder.decode(key), value.slice());
        return this.#write("+OK\r\n");
      case "STRLEN":
        return this.#write(`:${redis.entry?.bytes.length ?? 0}\r\n`);
      case "GET":
        return redis.entry === null ? this.#write("_\r\n") : this.#writeEntry(redis.entry.bytes);
      case "EVAL":
        if (redis.read_only) throw new Error(READ_ONLY);
        return this.#write(this.#evaluate(rest.map((word) => decoder.decode(word))));
      default:
        return this.#write("+OK\r\n");
    }
  }

  #subscribe(channel: string): void {
    this.close = this.redis.listen(this.name, (news) => {
      const payload = typeof news === "string" ? news : versionText(news);
      this.#write(`>3\r\n${bulk("message")}${bulk(channel)}${bulk(payload)}`);
    });
    this.#write(`>3\r\n${bulk("subscribe")}${bulk(channel)}:1\r\n`);
  }

  #evaluate([script, , ...words]: readonly string[]): string {
    const { redis } = this;
    if (script === HOLD) {
      const [replica_id, known, _lease_ms, may_lead, polls] = words.slice(6);
      const lease = redis.hold(replica_id, Number(known), may_lead === "1", polls);
      const owner = lease.leader === null ? "" : `${lease.fence} ${lease.leader}`;
      const newest = lease.newest === null ? "" : versionText(lease.newest);
      const left_ms = Math.ceil(lease.left_ms);
      return `*5\r\n${bulk(owner)}:${left_ms}\r\n${bulk(newest)}:${lease.replicas}\r\n` +
        bulk(lease.polls);
    }
    if (script !== PUBLISH) {
      const [, , replica_id, , leaves] = words;
      return `:${Number(redis.release(replica_id, leaves === "1"))}\r\n`;
    }
    const [, upload, , , lease, version] = words;
    const bytes = redis.uploads.get(upload);
    redis.uploads.delete(upload);
    const [fence, owner] = lease.split(" ");
    if (!redis.owns(owner, Number(fence))) return ":0\r\n";
    if (bytes === undefined) throw new Error("ERR no such key");
    return `:${Number(redis.publish(owner, parseVersion(version)!, bytes))}\r\n`;
  }

  #writeEntry(bytes: Bytes): void {
    const head = encoder.encode(`$${bytes.length}\r\n`);
    this.send(joinBytes([head, bytes, encoder.encode("\r\n")]));
  }

  #write(text: string): void {
    this.send(encoder.encode(text));
  }
}

/** A string as RESP3. */
function bulk(text: string): string {
  return `$${encoder.encode(text).length}\r\n${text}\r\n`;
}
