// Package archtest holds the rules of the repository's architecture, as tests
// with a reason each: imports point down only, engines are app's business alone,
// every package says what it is, no file of third parties is kept, queries are
// named entity.verb.sql and each is used.
//
// A new room (a folder below internal, or beside it) takes its place in floors.
package archtest
