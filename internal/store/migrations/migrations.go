// Package migrations holds the schema of the operational store, one numbered
// file a step, in SQL that SQLite and Postgres share. Steps are applied in the
// order of their names, each in one transaction, and are never changed once released.
package migrations

import "embed"

// Files are the steps.
//
//go:embed *.sql
var Files embed.FS
