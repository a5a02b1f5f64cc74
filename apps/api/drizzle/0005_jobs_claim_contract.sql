ALTER TABLE "jobs" DROP COLUMN "message_id";--> statement-breakpoint
-- The queue was in tables of its own: a job is its own message now.
DROP SCHEMA IF EXISTS "pgboss" CASCADE;