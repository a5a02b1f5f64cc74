ALTER TABLE "galleries" ADD COLUMN "object_key" text;--> statement-breakpoint
ALTER TABLE "packings" ADD COLUMN "spec" jsonb;--> statement-breakpoint
ALTER TABLE "packings" ADD COLUMN "near" text;--> statement-breakpoint
ALTER TABLE "packings" ADD COLUMN "start" text;--> statement-breakpoint
ALTER TABLE "packings" ADD COLUMN "repel" text;--> statement-breakpoint
ALTER TABLE "packings" ADD COLUMN "object_key" text;--> statement-breakpoint
UPDATE "packings" SET "near" = "gallery_id", "start" = "initial_gallery_id", "repel" = "repelled_gallery_id", "spec" = ("problem" - 'initialise' - 'annealing') || jsonb_build_object('start', CASE "problem"->>'initialise' WHEN 'given' THEN 'set' ELSE "problem"->>'initialise' END) || CASE WHEN "problem" ? 'annealing' THEN jsonb_build_object('annealing', jsonb_build_object('sharpness', "problem"->'annealing'->'beta', 'step', "problem"->'annealing'->'step')) ELSE '{}'::jsonb END;--> statement-breakpoint
-- Sets were stored in another format: what is left of them cannot be read as a set.
UPDATE "galleries" SET "status" = 'failed' WHERE "status" IN ('ready', 'pending');--> statement-breakpoint
UPDATE "packings" SET "status" = 'failed' WHERE "status" IN ('ready', 'pending');--> statement-breakpoint
UPDATE "jobs" SET "status" = 'failed', "finished_at" = now() WHERE "status" IN ('queued', 'running');
