# The benchmark's origin: Debian's nginx on loopback, serving what Benchmarks/generate.py wrote. Source it after
# common.sh.
# shellcheck shell=bash

# start_origin FOLDER PORT WRK_PORT: serves FOLDER/blobs; sets origin_pid and origin_url.
# wrk waits for the body that the Content-Length of a HEAD's answer speaks of, and none comes. So it gets a port of
# its own, where the same worker serves empty files of the same names: Content-Length: 0, everything else the same.
start_origin() {
  write_origin_configuration "$@"
  nginx -p "$1" -e "$1/nginx.log" -c "$1/nginx.conf" &
  origin_pid=$!
  origin_url=http://127.0.0.1:$2/
  wait_for 10 origin_answers || {
    tail -n 20 "$1/nginx.log" >&2
    die "nginx did not answer within 10 s"
  }
}

origin_answers() {
  ! process_is_gone "$origin_pid" \
    && [[ $(curl --silent --max-time 2 "$origin_url") == "the origin" ]]
}

# One worker, as a registry's front end would give one busy client; no log, as it would be a third of the work, except
# of webhooks: when each came, its size and its id.
write_origin_configuration() {
  local user=''
  if ((EUID == 0)); then user='user root;'; fi
  cat >"$1/nginx.conf" <<NGINX
$user
daemon off;
pid $1/nginx.pid;
worker_processes 1;
events { worker_connections 4096; }
http {
  log_format hook '\$msec \$request_length \$http_webhook_id';
  access_log off;
  keepalive_requests 1000000;
  keepalive_timeout 10m;
  etag off;
  server_tokens off;
  client_body_temp_path $1/nginx-body;
  proxy_temp_path $1/nginx-proxy;
  fastcgi_temp_path $1/nginx-fastcgi;
  uwsgi_temp_path $1/nginx-uwsgi;
  scgi_temp_path $1/nginx-scgi;
  types { }
  server {
    listen 127.0.0.1:$2 backlog=4096;
    location = / { default_type text/plain; return 200 "the origin"; }
    location = /v2/ { return 200; }
    location ~ "^/v2/bench/manifests/(?:t-|sha256:)(?<hex>(?<shard>[0-9a-f]{2})[0-9a-f]{62})\$" {
      alias $1/blobs/\$shard/\$hex;
      default_type application/vnd.oci.image.manifest.v1+json;
      add_header Docker-Content-Digest sha256:\$hex;
    }
    location ~ "^/v2/bench/manifests/(?<name>m-[0-9]+)\$" {
      alias $1/moving/\$name;
      default_type application/vnd.oci.image.manifest.v1+json;
    }
    location = /hook { access_log $1/hook.log hook; return 204; }
    location ~ "^/v2/bench/blobs/sha256:(?<hex>(?<shard>[0-9a-f]{2})[0-9a-f]{62})\$" {
      alias $1/blobs/\$shard/\$hex;
      default_type application/octet-stream;
      add_header Docker-Content-Digest sha256:\$hex;
    }
  }
  server {
    listen 127.0.0.1:$3 backlog=4096;
    location ~ "^/v2/bench/manifests/t-(?<hex>(?<shard>[0-9a-f]{2})[0-9a-f]{62})\$" {
      alias $1/empty/\$shard/\$hex;
      default_type application/vnd.oci.image.manifest.v1+json;
      add_header Docker-Content-Digest sha256:\$hex;
    }
  }
}
NGINX
}
