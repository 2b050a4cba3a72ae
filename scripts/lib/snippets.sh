# Commands of the documentation, to be run by tests as they are written. Source it after common.sh.
# shellcheck shell=bash

# snippet FILE NAME: what is in the block after the line <!-- snippet: NAME -->.
snippet() {
  local text
  text=$(awk -v mark="<!-- snippet: $2 -->" '$0 == mark { found = 1 }
    found && /^```/ { if (++fences == 2) exit; next }
    found && fences == 1' "$1")
  [[ $text ]] || die "$1 has no snippet $2"
  printf '%s\n' "$text"
}
