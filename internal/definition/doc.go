// Package definition is the capability behind what customer, lost, value, margin, horizon
// and discount mean: versions that named people propose and approve, held against each
// other over past periods before anyone approves.
//
// Rules: versions are signed into a ledger and never change. The last one approved is in
// force at once. Nobody approves what they proposed. A proposal is of the version that was
// in force; once another is, it has to be made again. Until the first proposal the
// definition is what book.toml says; that is signed into the ledger before it, and from
// then on the ledger says what holds.
package definition
