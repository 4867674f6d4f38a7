#!/bin/sh
# What `make test` needs besides the lock: a Chromium. PostgreSQL comes with the lock, as a wheel.
set -eu
browser=${CHROMIUM:-/usr/bin/chromium}
[ -x "$browser" ] && exit 0
if [ "$(id -u)" = 0 ] && [ -z "${CHROMIUM:-}" ] && command -v apt-get >/dev/null; then
    log=$(mktemp)
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } \
        >"$log" 2>&1 && rm -f "$log" && exit 0
    tail -n 5 "$log" >&2
fi
echo "the tests need Chromium: apt-get install chromium, or name one with CHROMIUM=/path/to/it" >&2
exit 1
