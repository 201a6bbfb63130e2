#!/bin/bash
# Runs a rank as if half of them were on another host: two_nodes.sh PROGRAM ARGUMENT...
# From rank 3 on they get a name space of host names of their own, for which one must be root.
set -euo pipefail
if ! unshare --uts true 2>/dev/null; then
    echo "two_nodes: SKIPPED, as this user may not unshare"
    exit 77
fi
if ((${OMPI_COMM_WORLD_RANK:-${PMIX_RANK:-0}} < 3)); then exec "$@"; fi
# shellcheck disable=SC2016
exec unshare --uts bash -c 'hostname other-node && exec "$@"' other "$@"
