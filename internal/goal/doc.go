// Package goal is the capability behind targets for customers, value and equity, beside
// those for sales and profit, and behind the horizon alarm: whether what was earned rose
// while what customers are worth fell.
//
// Rules: goals are signed into a ledger and never change; a later one of a period holds,
// figure by figure. What cannot be told of a period is null with a reason. An alarm that
// is not raised says so, too.
package goal
