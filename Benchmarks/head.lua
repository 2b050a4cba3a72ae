-- wrk: HEAD on every path of the file named by the argument, round and round, with the watcher's own headers.
local requests = {}
local next_request = 0

function init(arguments)
  local headers = {
    ["Accept"] = "application/vnd.oci.image.index.v1+json, "
      .. "application/vnd.docker.distribution.manifest.list.v2+json, "
      .. "application/vnd.oci.image.manifest.v1+json, "
      .. "application/vnd.docker.distribution.manifest.v2+json",
  }
  for path in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("HEAD", path, headers)
  end
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end
