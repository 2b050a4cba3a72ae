# The parts of scripts/demo: images, events and the claims about them. Source it after the other parts; it uses
# the demo's own `work`, `watcher`, `layout`, `image`, `repository` and `deadline`.
# shellcheck shell=bash

declare -A digest_of id_of
claims=0
events_seen=0
event='' event_type=''

# The four states of the tag, in one layout. `rebuilt` has the layers of `content`; `attested` has its images.
build_images() {
  local descriptors attestations
  oci_init "$1"
  build_state "$1" first 2026-01-01T08:00:00Z "the first message"
  build_state "$1" content 2026-01-02T08:00:00Z "another message"
  build_state "$1" rebuilt 2026-01-03T08:00:00Z "another message"
  oci_index "$1" attested "${descriptors[@]}" "${attestations[@]}"
  digest_of[attested]=$index_digest
}

# build_state LAYOUT NAME CREATED TEXT: one image for two platforms; leaves `descriptors` and `attestations`.
build_state() {
  local platform
  descriptors=() attestations=()
  for platform in amd64 arm64; do
    oci_image "$1" "$platform" "$3" "$4"
    id_of[$2/$platform]=$image_id
    descriptors+=("$image_descriptor")
    oci_attestation "$1" "$image_manifest"
    attestations+=("$attestation_descriptor")
  done
  oci_index "$1" "$2" "${descriptors[@]}"
  digest_of[$2]=$index_digest
}

# A receiver that takes nothing but what is signed with hook.secret; what it took is in received.jsonl. Sets
# `receiver_pid` and `receiver_port`.
start_receiver() {
  printf 'whsec_%s\n' "$(openssl rand -base64 32)" >"$work/hook.secret"
  python3 scripts/lib/receiver.py "$work/hook.secret" "$work/received.jsonl" "$work/receiver.port" &
  receiver_pid=$!
  wait_for 10 test -e "$work/receiver.port" || die "the webhook receiver does not start"
  receiver_port=$(<"$work/receiver.port")
}

# expect_webhook: the receiver has the event, too.
expect_webhook() { claim "the webhook brought them, signed" wait_for 5 receiver_has_event; }

receiver_has_event() { grep --quiet --fixed-strings --line-regexp -e "$event" "$work/received.jsonl"; }

write_configuration() {
  pages=127.0.0.1:$(free_port)
  cat >"$work/config.json" <<JSON
{
  "database": "$work/watcher.db",
  "http": { "listen": "$pages" },
  "defaults": { "interval": "10s" },
  "watch": ["$image"],
  "sinks": {
    "default": { "type": "stdout" },
    "hook": { "type": "webhook", "url": "http://127.0.0.1:$receiver_port/", "allow_http": true,
              "secret_file": "hook.secret" },
    "everything": { "type": "file", "path": "$work/events.jsonl", "events": ["*"] }
  }
}
JSON
}

# watch_more NAME:TAG STATE …: pushes these, and has them and one more watched.
watch_more() {
  local tags=(gone:1)
  while (($# > 0)); do
    push_layout "$layout" "$2" "demo/$1"
    tags+=("$1")
    shift 2
  done
  jq --arg host "$registry_host" '.watch += [$ARGS.positional[] | "\($host)/demo/\(.)"]' "$work/config.json" \
    --args "${tags[@]}" >"$work/config.new"
  mv "$work/config.new" "$work/config.json"
}

all_are_seen() {
  "$watcher" status --json --database "$work/watcher.db" \
    | jq --exit-status '.tags | length == 5 and all(.state != "pending")' >/dev/null
}

# page PATH: a page, as whoever has no script gets it.
page() { curl --silent --fail --max-time 5 "http://$pages$1"; }

# Of all of it: a reader that goes early would have curl fail.
page_has() { [[ $(page "$1") == *"$2"* ]]; }

first_in_list_is() { [[ $(page / | grep -o 'class="row" href="[^"]*"' | head -n 1) == *"/tags/$1\"" ]]; }

# Between the two the tag may be seen once more.
api_is_as_command() {
  page "/api/v1/history?tag=$image" >"$work/api.json"
  "$watcher" history "$image" --json --database "$work/watcher.db" | cmp --silent - "$work/api.json"
}

# take_pictures FOLDER: of the list and of the tag, light and dark.
take_pictures() {
  local scheme file
  mkdir -p "$1"
  for scheme in dark light; do
    take_picture "$1/list-$scheme.png" "$scheme" 1160,560 /
    take_picture "$1/tag-$scheme.png" "$scheme" 1160,760 "/tags/$image"
  done
  for file in "$1"/*.png; do note "$file: $(stat -c %s "$file") bytes"; done
}

# take_picture FILE SCHEME WIDTH,HEIGHT PATH: 0 is dark.
take_picture() {
  local number=1
  if [[ $2 == dark ]]; then number=0; fi
  timeout 60 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/browser" \
    --blink-settings="preferredColorScheme=$number" --window-size="$3" --timeout=5000 --screenshot="$1" \
    "http://$pages$4" >"$work/browser.log" 2>&1 || die "no picture of $4: $(tail -n 1 "$work/browser.log")"
  claim "a picture of $4, $2" test "$(head -c 8 "$1" | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a
}

move_tag() {
  push_layout "$layout" "$1" "$repository:stable"
  note "pushed ${digest_of[$1]}"
}

# wait_for_event TYPE: waits for the next line of the file sink; sets `event`.
wait_for_event() {
  local began
  began=$(now_ms)
  wait_for "$deadline" next_event || die "no event within $deadline s (expected $1)"
  event_type=$(jq -r .type <<<"$event")
  note "after $(seconds_since "$began") s"
  claim "the event is $1" test "$event_type" = "$1"
}

next_event() {
  if process_is_gone "$watcher_pid"; then die "watcher run has ended by itself"; fi
  (($(line_count "$work/events.jsonl") > events_seen)) || return 1
  events_seen=$((events_seen + 1))
  event=$(sed -n "${events_seen}p" "$work/events.jsonl")
}

# line_count FILE: a line counts once its newline is there.
line_count() { if [[ -e $1 ]]; then wc -l <"$1"; else printf 0; fi; }

# has_lines FILE COUNT
has_lines() { (($(line_count "$1") == $2)); }

show_event() {
  jq -r '"    \(.time)  \(.type)  \(.data.image)",
    (.data.changes[] | "      \(.platform)  \(.class)  \(.previous.image_id[7:19]) -> \(.current.image_id[7:19])")' \
    <<<"$event"
}

# claim WORDS COMMAND…: prints the words; ends the demo when the command fails.
claim() {
  local words=$1
  shift
  "$@" >/dev/null || die "not true: $words"
  claims=$((claims + 1))
  note "ok: $words"
}

# holds FILTER [STATE] <JSON: whether the filter gives true; it may use the state's $digest and $current image IDs.
holds() {
  local digest='' amd64='' arm64=''
  if [[ ${2:-} ]]; then digest=${digest_of[$2]} amd64=${id_of[$2/amd64]:-} arm64=${id_of[$2/arm64]:-}; fi
  jq --exit-status --arg digest "$digest" --arg amd64 "$amd64" --arg arm64 "$arm64" \
    "[\$amd64, \$arm64] as \$current | $1"
}

# expect WORDS FILTER [STATE]: a claim about the last event.
expect() { claim "$1" holds "$2" "${3:-}" <<<"$event"; }

# expect_images FROM TO: the event names the image IDs and the digest of these states.
expect_images() {
  expect "the digest is the one that was pushed" '.data.digest == $digest' "$2"
  expect "the image IDs before are right" "$(image_ids_filter previous)" "$1"
  expect "the image IDs now are right" "$(image_ids_filter current)" "$2"
}

image_ids_filter() {
  printf '[.data.changes[] | {(.platform): .%s.image_id}] | add == %s' "$1" \
    '{"linux/amd64": $current[0], "linux/arm64": $current[1]}'
}

# expect_same_line: the event is on stdout as well, byte for byte.
expect_same_line() { claim "stdout and the file hold the same bytes" wait_for 5 stdout_has_event; }

stdout_has_event() { grep --quiet --fixed-strings --line-regexp -e "$event" "$work/stdout.jsonl"; }

# expect_silence WORDS COUNT: still only that many lines on stdout.
expect_silence() { claim "$1" has_lines "$work/stdout.jsonl" "$2"; }

show_query() {
  note "\$ watcher $*"
  "$watcher" "$@" --database "$work/watcher.db" | sed 's/^/    /'
}

# query_holds COMMAND FILTER: asks `watcher COMMAND --json` about the image.
query_holds() {
  local words
  read -ra words <<<"$1"
  "$watcher" "${words[0]}" "$image" "${words[@]:1}" --json --database "$work/watcher.db" | holds "$2" first
}

show_logs() {
  local file
  for file in "$work"/{config-check.txt,watcher.log,registry.log,stdout.jsonl,events.jsonl}; do
    if [[ -s $file ]]; then
      printf '\n--- the end of %s\n' "${file##*/}" >&2
      tail -n 20 "$file" >&2
    fi
  done
}
