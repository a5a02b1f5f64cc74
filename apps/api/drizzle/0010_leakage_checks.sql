CREATE TABLE "leakage_checks" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"set" text NOT NULL,
	"reference" text NOT NULL,
	"spec" jsonb NOT NULL,
	"model" jsonb NOT NULL,
	"figures" jsonb,
	"job_id" text NOT NULL,
	"object_key" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
