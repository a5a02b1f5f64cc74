ALTER TABLE "jobs" ADD COLUMN "parent_id" text;--> statement-breakpoint
CREATE INDEX "jobs_parent" ON "jobs" USING btree ("parent_id") WHERE parent_id is not null;