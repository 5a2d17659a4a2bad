/**
 * Lua scripts on the keys of one source. Redis runs each script as a whole, so Redis alone decides
 * which replica leads.
 *
 *     …:lease:<key>      "<fence> <replica_id>", expires unless it is renewed
 *     …:fence:<key>      number of the newest election
 *     …:replicas:<key>   sorted set: replica_id → time of its last HOLD
 *     …:snapshot:<key>   the newest entry
 *     …:newest:<key>     its version
 *     …:polls:<key>      the leader's report of its polls, as JSON
 *     …:upload:<replica_id>:<key>   an entry that is not published yet
 */

/** Expiry of the snapshot and the election number of a source that is no longer polled. */
export const KEEP_MS = 7 * 86_400_000;

/** Expiry of an upload, in case its replica dies before it is published. */
export const UPLOAD_MS_MAX = 60_000;

/** Longest lease, the upper bound of `LEASE_MS`. */
export const LEASE_MS_MAX = 60_000;

/** Most digits of an election's number: JavaScript and Lua count exactly up to them. */
const FENCE_DIGITS_MAX = 15;

/**
 * Renews the caller's lease, or takes a free one if it may, and counts the caller as present.
 *
 *     KEYS lease, fence, newest, replicas, polls, snapshot
 *     ARGV replica_id, known fence, lease_ms, may_lead 0|1, polls of the caller
 *     → { lease or "", its remaining ms, newest version or "", replicas present, polls or "" }
 *
 * - An election's number is greater than every number that Redis or the caller knows, and at least
 *   Redis's clock in seconds, so an emptied Redis does not start again at 1.
 * - A value of another form is ignored, or it would block elections for ever. So is another
 *   replica's lease without an expiry, or with an expiry over LEASE_MS_MAX away, which a clock that
 *   was set back leaves.
 * - A version whose entry is missing is not reported, so that the leader publishes again.
 * - A replica counts as present for one lease, so a dead one no longer counts when its lease ends.
 * - If Redis is full, it rejects the presence and the polls; the caller keeps its lease.
 */
export const HOLD = `
local function digits(text)
  return text and #text <= ${FENCE_DIGITS_MAX} and string.match(text, '^%d+$')
end
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('GET', KEYS[1])
local left_ms = redis.call('PTTL', KEYS[1])
local number, owner = string.match(lease or '', '^(%S+) (%S+)$')
local is_own = owner == ARGV[1] and digits(number)
if not is_own and not (digits(number) and left_ms >= 0 and left_ms <= ${LEASE_MS_MAX}) then
  lease = false
end
if is_own then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
elseif not lease and ARGV[4] == '1' then
  local known = math.max(digits(redis.call('GET', KEYS[2])) or 0, ARGV[2])
  local fence = string.format('%.0f', math.max(known + 1, time[1]))
  redis.call('SET', KEYS[2], fence, 'PX', ${KEEP_MS})
  lease = fence .. ' ' .. ARGV[1]
  redis.call('SET', KEYS[1], lease, 'PX', ARGV[3])
  is_own = true
end
if is_own then redis.pcall('SET', KEYS[5], ARGV[5], 'PX', ARGV[3]) end
redis.pcall('ZADD', KEYS[4], now_ms, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now_ms - ARGV[3])
redis.call('PEXPIRE', KEYS[4], ARGV[3])
local newest = redis.call('STRLEN', KEYS[6]) > 0 and redis.call('GET', KEYS[3])
return {
  lease or '', redis.call('PTTL', KEYS[1]), newest or '',
  redis.call('ZCARD', KEYS[4]), redis.call('GET', KEYS[5]) or ''
}`;

/**
 * Makes an upload the newest entry and announces its version, unless the caller has lost its lease.
 *
 *     KEYS lease, upload, snapshot, newest   ARGV lease, version, channel   → 1, or 0 if lost
 */
export const PUBLISH = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  redis.call('DEL', KEYS[2])
  return 0
end
redis.call('RENAME', KEYS[2], KEYS[3])
redis.call('PEXPIRE', KEYS[3], ${KEEP_MS})
redis.call('SET', KEYS[4], ARGV[2], 'PX', ${KEEP_MS})
redis.call('PUBLISH', ARGV[3], ARGV[2])
return 1`;

/**
 * Ends the caller's presence and its lease, which others may take at once.
 *
 *     KEYS lease, replicas   ARGV replica_id, channel, leaves 0|1
 */
export const RELEASE = `
if ARGV[3] == '1' then redis.call('ZREM', KEYS[2], ARGV[1]) end
local lease = redis.call('GET', KEYS[1])
if not lease or string.match(lease, '%S+$') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[2], 'free')
return 1`;
