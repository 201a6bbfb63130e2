#!/bin/bash
# A node of the cluster that the tests of Slurm start: node.sh NAME [own]. With `own` it is the first
# process of a name space, which reaps what jobs leave behind and with which all of the node dies.
set -euo pipefail

name=$1
if [ "${2:-}" = own ]; then
    hostname "$name"
    mount -t tmpfs -o mode=1777 none /dev/shm
fi
# Slurm 22.05 can crash when two steps start at the same moment; steps that run survive that.
while true; do
    slurmd -D -N "$name" || true
    sleep 0.2
done
