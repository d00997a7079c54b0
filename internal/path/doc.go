// Package path is the capability behind observed journeys: the paths that customers took, as a
// graph and as variants, beside what is drawn, with the worth of who took them.
//
// Rules: only sums come up from the records. What is not shown apart is counted and said. A
// path that may go on is no drop-off. What fewer than five customers are worth is not told.
package path
