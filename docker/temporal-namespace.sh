#!/bin/sh
# Creates the namespace once the server answers. Ended workflows are kept for a week.
set -eu

temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 7d
