#!/bin/bash
# A node of the cluster that the tests of Slurm start: node.sh NAME. It is the first process of name
# spaces of its own, so it reaps what jobs leave behind, and with it all of the node dies.
set -euo pipefail

hostname "$1"
mount -t tmpfs -o mode=1777 none /dev/shm
# Slurm 22.05 can crash when two steps start at the same moment; steps that run survive that.
while true; do
    slurmd -D -N "$1" || true
    sleep 0.2
done
