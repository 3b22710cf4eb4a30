#!/bin/sh
# Sees to a Chromium for the browser tests: the one that is there, else Debian's where we may install it.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The browser tests need Chromium: install it first (\`sudo apt-get install chromium\` on Debian)." >&2
    exit 1
fi
echo "Installing Chromium …"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium >/dev/null
