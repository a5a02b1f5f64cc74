CREATE TABLE "gallery_photographs" (
	"gallery_id" text NOT NULL,
	"position" integer NOT NULL,
	"file" text NOT NULL,
	"sha256" text,
	"row" integer,
	"quality" double precision,
	"problem" text,
	"face_start" bigint,
	"face_bytes" integer,
	CONSTRAINT "gallery_photographs_gallery_id_position_pk" PRIMARY KEY("gallery_id","position")
);
--> statement-breakpoint
ALTER TABLE "galleries" ADD COLUMN "photographs" jsonb;--> statement-breakpoint
ALTER TABLE "galleries" ADD COLUMN "faces_key" text;--> statement-breakpoint
ALTER TABLE "gallery_photographs" ADD CONSTRAINT "gallery_photographs_gallery_id_galleries_id_fk" FOREIGN KEY ("gallery_id") REFERENCES "public"."galleries"("id") ON DELETE no action ON UPDATE no action;