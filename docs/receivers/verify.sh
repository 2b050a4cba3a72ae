#!/bin/sh
# Verifies a webhook of watcher: the body on standard input, the headers in the environment as CGI passes them.
#   verify.sh SECRET_FILE <body && echo genuine
# Exit status 0: signed with that secret within the last five minutes.
set -eu
secret=$(sed 's/^whsec_//' "$1" | base64 -d | od -An -v -tx1 | tr -d ' \n')
now=$(date +%s)
[ $((now - HTTP_WEBHOOK_TIMESTAMP)) -le 300 ] && [ $((HTTP_WEBHOOK_TIMESTAMP - now)) -le 300 ] || exit 1
signature=$({ printf '%s.%s.' "$HTTP_WEBHOOK_ID" "$HTTP_WEBHOOK_TIMESTAMP" && cat; } \
  | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$secret" -binary | base64)
for given in $HTTP_WEBHOOK_SIGNATURE; do
  [ "$given" = "v1,$signature" ] && exit 0
done
exit 1
