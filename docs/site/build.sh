#!/usr/bin/env bash
# Usage: docs/site/build.sh   Builds the documentation's site into docs/target/site, and checks its links and anchors.
# Needs Node.js 18 or newer with npm; where it is missing, or older, the distribution's is installed.
set -euo pipefail
cd "$(dirname "$0")"

readonly NODE_MINIMUM=18

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

node_is_new_enough() {
    command -v npm >/dev/null && node -e "process.exit(Number(process.versions.node.split('.')[0]) < $NODE_MINIMUM ? 1 : 0)" 2>/dev/null
}

if ! node_is_new_enough; then
    as_root apt-get -q update
    as_root apt-get -q install -y --no-install-recommends nodejs npm
    hash -r
fi
node_is_new_enough || { echo "docs: Node.js $NODE_MINIMUM or newer with npm is needed; found $(node --version 2>&1)" >&2; exit 1; }

npm ci --loglevel=error
rm -rf ../target/site
npm run --silent build
