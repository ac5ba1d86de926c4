#!/bin/sh
# Run once by the postgres image, on an empty data directory: the same roles and database as the embedded server's.
set -eu
psql -X -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
    -v database=titian -v owner_password="$TITIAN_OWNER_PASSWORD" -v app_password="$TITIAN_APP_PASSWORD" \
    -f /titian/provision.sql
