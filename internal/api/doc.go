// Package api is the program for programs: REST under /api/v1, and /v1/batch for those
// that send events. It describes itself in OpenAPI 3.1, made from the same Go types that
// answers are written from.
//
// Rules: an operation is registered with what it needs, what it takes and what it answers,
// and so stands in the description; there is no other way to add one. What is asked for
// is held against the description before a handler sees it. Operations hold no logic of
// their own: they call what the pages call. Every error is a problem of RFC 9457. What can
// change has an ETag, and is changed by naming it. A POST that is named by an
// Idempotency-Key is done once.
package api
