// Package closing is the capability behind closed periods: it freezes the statement of a
// period with everything that made it, and shows later that nobody changed it.
//
// Rules: closes are a chain, 1, 2, …, in the order of their last days. The text of a close
// is kept as it was hashed and holds the hash of the close before, so that a changed byte
// in any of them is found, and found again by everyone who has kept a later hash. Nothing
// is opened again: late data changes no closed figure, and is shown as a restatement.
package closing
