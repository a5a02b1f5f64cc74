ALTER TABLE "idempotency_keys" DROP CONSTRAINT "idempotency_keys_operation_key_pk";--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD PRIMARY KEY ("key");--> statement-breakpoint
ALTER TABLE "idempotency_keys" DROP COLUMN "operation";--> statement-breakpoint
ALTER TABLE "idempotency_keys" DROP COLUMN "body_hash";