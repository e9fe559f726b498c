#!/bin/bash
# Makes the replica set and the program's own user. May run any number of times.
set -euo pipefail
root="mongodb://root:${MONGO_ROOT_PASSWORD:?}@mongo1:27017/admin?directConnection=true"
export CREDIT_PASSWORD="${MONGO_PASSWORD:?}"

until mongosh --quiet "$root" --eval 'db.adminCommand("ping").ok' 2>/dev/null | grep -q 1; do
    sleep 2
done

mongosh --quiet "$root" --eval '
  try {
    rs.status();
  } catch (error) {
    if (error.codeName !== "NotYetInitialized") throw error;
    rs.initiate({
      _id: "rs0",
      members: ["mongo1", "mongo2", "mongo3"].map((name, _id) => ({ _id, host: `${name}:27017` })),
    });
  }
'

# The primary may be any of the three.
mongosh --quiet "mongodb://root:${MONGO_ROOT_PASSWORD}@mongo1,mongo2,mongo3/admin?replicaSet=rs0" --eval '
  const user = { pwd: process.env.CREDIT_PASSWORD, roles: ["readWrite", "dbAdmin"].map((role) => ({ role, db: "credit" })) };
  const credit = db.getSiblingDB("credit");
  if (credit.getUser("credit") === null) credit.createUser({ user: "credit", ...user });
  else credit.updateUser("credit", user);
'
