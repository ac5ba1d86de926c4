-- Two roles and the database, so that the application can never change a table, drop a trigger or empty the journal.
-- Run as a superuser by psql, for the embedded server (config/embedded.py) and for the containers alike
-- (docker/provision.sh); running it again changes nothing.
--
-- Variables: database; optionally owner_password and app_password (the embedded server has a private socket instead).

SELECT 'CREATE ROLE titian_owner LOGIN CREATEDB' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'titian_owner')
\gexec
SELECT 'CREATE ROLE titian_app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'titian_app')
\gexec
\if :{?owner_password}
ALTER ROLE titian_owner PASSWORD :'owner_password';
\endif
\if :{?app_password}
ALTER ROLE titian_app PASSWORD :'app_password';
\endif

SELECT format('CREATE DATABASE %I OWNER titian_owner', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec
ALTER DATABASE :"database" OWNER TO titian_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO titian_app;

\connect :"database"

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;

ALTER SCHEMA public OWNER TO titian_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO titian_app;

-- What the owner makes from now on: the application reads and writes rows, and nothing more. No TRUNCATE, REFERENCES or
-- TRIGGER; functions are not callable by everybody either.
ALTER DEFAULT PRIVILEGES FOR ROLE titian_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO titian_app;
ALTER DEFAULT PRIVILEGES FOR ROLE titian_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO titian_app;
ALTER DEFAULT PRIVILEGES FOR ROLE titian_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE titian_owner IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO titian_app;
