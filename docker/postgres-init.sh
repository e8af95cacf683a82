#!/bin/sh
# Runs once, when the database is made: three roles, none of which may do more than it has to.
#
#   assay_migrate  owns the tables and changes their shape; used by the migrate container alone
#   assay_app      reads and writes rows; web, worker and beat. What it may not do to the audit trail: docker/grants.sql
#   assay_backup   reads everything and writes nothing
#
# Passwords come from files (PASSWORDS, the folder of the secrets).
set -eu
passwords=${PASSWORDS:-/run/secrets}

psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set database="$POSTGRES_DB" \
    --set migrate="$(cat "$passwords/migrate_password")" \
    --set app="$(cat "$passwords/app_password")" \
    --set backup="$(cat "$passwords/backup_password")" <<'SQL'
CREATE ROLE assay_migrate LOGIN PASSWORD :'migrate';
CREATE ROLE assay_app LOGIN PASSWORD :'app';
CREATE ROLE assay_backup LOGIN PASSWORD :'backup';

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO assay_migrate, assay_app, assay_backup;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO assay_migrate;
GRANT USAGE ON SCHEMA public TO assay_app, assay_backup;

-- Whatever a migration makes, the others may use at once.
ALTER DEFAULT PRIVILEGES FOR ROLE assay_migrate IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO assay_app;
ALTER DEFAULT PRIVILEGES FOR ROLE assay_migrate IN SCHEMA public GRANT USAGE ON SEQUENCES TO assay_app;
ALTER DEFAULT PRIVILEGES FOR ROLE assay_migrate IN SCHEMA public GRANT SELECT ON TABLES TO assay_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE assay_migrate IN SCHEMA public GRANT SELECT ON SEQUENCES TO assay_backup;

-- No page and no task needs longer than this; a lock that is never released must not hold the site.
ALTER ROLE assay_app SET statement_timeout = '60s';
ALTER ROLE assay_app SET idle_in_transaction_session_timeout = '60s';
SQL
