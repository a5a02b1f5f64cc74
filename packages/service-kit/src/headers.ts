const header = (description: string, type: "string" | "integer", example: string | number) => ({
  description,
  schema: { type, example },
});

/** Response headers, for the OpenAPI `responses` of routes. */
export const HEADERS = {
  requestId: header(
    "The request's X-Request-Id, or one that was made for it; finds it in the logs.",
    "string",
    "b5d63506-b203-409c-94c1-18848f49e41c",
  ),
  location: header("Where the resource is; where its job is, while it is made.", "string", "/v1/x"),
  retryAfter: header("Seconds after which it is worth asking again.", "integer", 1),
  preferenceApplied: header("The `wait` that was honoured (RFC 7240).", "string", "wait=10"),
  etag: header("A hash of all that the answer is a function of.", "string", '"nDLtz1WNll2e"'),
  cacheControl: header("How long it may be kept.", "string", "public, max-age=31536000"),
  vary: header("The request headers that it depends on.", "string", "Accept"),
} as const;
