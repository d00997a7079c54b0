// Package queries holds the SQL of the operational store, in what SQLite and
// Postgres share, with ? for placeholders. Each file is named entity.verb.sql.
package queries

import "embed"

//go:embed *.sql
var files embed.FS

// Text returns the text of a query, such as "job.lease". It panics on a name
// that does not exist, which is a defect that the first test of a query finds.
func Text(name string) string {
	b, err := files.ReadFile(name + ".sql")
	if err != nil {
		panic(err)
	}
	return string(b)
}
