#!/bin/sh
# Verifies a webhook of watcher: the body on standard input, the headers in the environment as CGI passes them.
#   verify.sh SECRET_FILE <body && echo genuine
# Exit status 0: signed with that secret within the last five minutes.
set -efu
# Some shells run commands that they find in arithmetic: only a plain number may get there.
case $HTTP_WEBHOOK_TIMESTAMP in 0* | *[!0-9]* | ????????????*) exit 1 ;; esac
age=$(($(date +%s) - HTTP_WEBHOOK_TIMESTAMP))
[ $age -le 300 ] && [ $age -ge -300 ] || exit 1

# The bytes of the secret as numbers, filled up to the 64 that HMAC takes. Without a secret nothing is genuine.
# shellcheck disable=SC2046
set -- $(sed 's/^whsec_//' "$1" | base64 -d | od -An -v -tu1)
[ $# -ge 24 ] && [ $# -le 64 ] || exit 1
while [ $# -lt 64 ]; do set -- "$@" 0; done

# HMAC-SHA256 by hand (RFC 2104): openssl would want the secret as an argument, which every user can see.
inner='' outer=''
for byte in "$@"; do
  i=$((byte ^ 0x36)) o=$((byte ^ 0x5c))
  inner="$inner\\$((i / 64))$((i / 8 % 8))$((i % 8))" outer="$outer\\$((o / 64))$((o / 8 % 8))$((o % 8))"
done
hash() { openssl dgst -sha256 -binary; }
# shellcheck disable=SC2059
signature=$({ printf "$inner" && printf '%s.%s.' "$HTTP_WEBHOOK_ID" "$HTTP_WEBHOOK_TIMESTAMP" && cat; } | hash \
  | { printf "$outer" && cat; } | hash | base64)
[ ${#signature} -eq 44 ] || exit 1
for given in $HTTP_WEBHOOK_SIGNATURE; do
  [ "$given" = "v1,$signature" ] && exit 0
done
exit 1
