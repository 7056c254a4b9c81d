-- wrk sends the requests of a file in turns. Arguments: the file, the request to start after, and
-- if wanted the milliseconds that each connection pauses before each request.
local requests, count, at = {}, 0, 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  for request in file:read("*a"):gmatch("[^%z]+") do
    count = count + 1
    requests[count] = request
  end
  file:close()
  at = tonumber(arguments[2])
  if arguments[3] then
    local pause = tonumber(arguments[3])
    delay = function() return pause end
  end
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.6f, "p50": %.3f, "p99": %.3f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
