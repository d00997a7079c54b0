// Package statement is the capability behind the statement of customers: it
// reads the warehouse, asks modelling for the worth, proves that everything
// balances, and returns one clientele.Statement.
//
// Rules: a statement whose movements do not add up is an error that names rows,
// never a figure. What cannot be told is nil with a reason. A statement is
// computed once for what made it (records, settings, program, request) and read
// from the cache afterwards, so that a page never computes.
package statement
