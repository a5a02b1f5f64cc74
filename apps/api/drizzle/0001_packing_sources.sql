ALTER TABLE "packings" ADD COLUMN "extends" text;--> statement-breakpoint
ALTER TABLE "packings" ADD COLUMN "repelled_gallery_id" text;--> statement-breakpoint
ALTER TABLE "packings" ADD COLUMN "initial_gallery_id" text;--> statement-breakpoint
ALTER TABLE "packings" ADD CONSTRAINT "packings_repelled_gallery_id_galleries_id_fk" FOREIGN KEY ("repelled_gallery_id") REFERENCES "public"."galleries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "packings" ADD CONSTRAINT "packings_initial_gallery_id_galleries_id_fk" FOREIGN KEY ("initial_gallery_id") REFERENCES "public"."galleries"("id") ON DELETE no action ON UPDATE no action;