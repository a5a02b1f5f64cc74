CREATE TABLE "sweep_cells" (
	"sweep_id" text NOT NULL,
	"cell" integer NOT NULL,
	"point" jsonb NOT NULL,
	"gallery_id" text,
	"packing_id" text,
	"dataset_id" text,
	"figures" jsonb,
	"error" jsonb,
	CONSTRAINT "sweep_cells_sweep_id_cell_pk" PRIMARY KEY("sweep_id","cell")
);
--> statement-breakpoint
CREATE TABLE "sweeps" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"spec" jsonb NOT NULL,
	"job_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sweep_cells" ADD CONSTRAINT "sweep_cells_sweep_id_sweeps_id_fk" FOREIGN KEY ("sweep_id") REFERENCES "public"."sweeps"("id") ON DELETE no action ON UPDATE no action;