#!/bin/bash
# Starts one member of the replica set. The key the members know each other by must be a file that only mongod reads.
set -euo pipefail
: "${MONGO_KEY:?}"
umask 077
printf '%s' "$MONGO_KEY" >/tmp/key
unset MONGO_KEY
chown mongodb:mongodb /tmp/key
exec docker-entrypoint.sh mongod --replSet rs0 --bind_ip_all --keyFile /tmp/key
