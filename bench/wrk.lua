-- Request rotation and a JSON summary for wrk.
-- wrk ... URL -- "Name: value" (or "") /path /path ...

local requests = {}
local next_request = 0

function init(args)
  local name, value = string.match(args[1], "^([^:]+): (.*)$")
  local headers = name and { [name] = value } or nil
  for i = 2, #args do
    requests[i - 1] = wrk.format("GET", args[i], headers)
  end
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"duration_us":%d,"bytes":%d,"p50_us":%d,"p95_us":%d,"p99_us":%d,"max_us":%d,' ..
      '"errors":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max,
    errors.connect, errors.read, errors.write, errors.timeout, errors.status
  ))
end
