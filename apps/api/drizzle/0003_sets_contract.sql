ALTER TABLE "packings" DROP CONSTRAINT "packings_gallery_id_galleries_id_fk";
--> statement-breakpoint
ALTER TABLE "packings" DROP CONSTRAINT "packings_repelled_gallery_id_galleries_id_fk";
--> statement-breakpoint
ALTER TABLE "packings" DROP CONSTRAINT "packings_initial_gallery_id_galleries_id_fk";
--> statement-breakpoint
ALTER TABLE "packings" ALTER COLUMN "spec" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "packings" DROP COLUMN "gallery_id";--> statement-breakpoint
ALTER TABLE "packings" DROP COLUMN "problem";--> statement-breakpoint
ALTER TABLE "packings" DROP COLUMN "repelled_gallery_id";--> statement-breakpoint
ALTER TABLE "packings" DROP COLUMN "initial_gallery_id";