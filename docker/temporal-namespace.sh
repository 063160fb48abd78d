#!/bin/sh
# Creates the namespace; ended workflows are kept for a week. Fails while the server has opened its port but does not
# answer yet, and is then started again.
set -eu

temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 7d
