// Package ingest turns the files that companies have into records: it finds out
// how a file is laid out, proposes what its columns mean, prepares what the
// warehouse cannot read by itself, and lands what is accepted.
//
// The rules that it keeps:
//
//   - A file is acknowledged once it and its SHA.json lie in landing/ and are
//     synced. It is validated before that; a refused file or a dry run leaves nothing.
//   - What landing/ holds is the source of truth. What the warehouse lacks of it
//     is loaded at the next open; what the warehouse has beyond it is dropped by a rebuild.
//   - A column's meaning is decided from the whole column, never row by row.
//   - Nothing is skipped in silence: a row is loaded, rejected with a reason, or
//     left out by a recognised export's own rules and counted.
package ingest
