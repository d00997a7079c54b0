// Package spend models how much customers spend on a purchase, apart from how
// often they purchase: the Gamma-Gamma of Colombo and Jiang (Journal of
// Interactive Marketing 13, 1999) in the form of Fader, Hardie and Lee (Journal
// of Marketing Research 42, 2005).
//
// Rules:
//
//   - A customer enters with X repeat days that had spend, and their total Z =
//     X·mean. Days without spend are left out of both, as is the first purchase.
//   - Rows are customers grouped by X and by ln Z in bins of 1/512, with their
//     number and exact total; a row stands for N customers at Z = SumZ/N. The
//     error in the log-likelihood is of second order in the bin width.
//   - Money is in whatever unit Z is in; V is in the same unit. P and Q have none.
//   - The mean over customers is P·V/(Q − 1) and does not exist for Q ≤ 1: that
//     is a refusal, not a large number.
//   - The model takes spend as independent of frequency: Check says what the data
//     say of that. Where it depends, FitElastic lets spend go with a power of
//     frequency; Choose picks, and says why.
package spend
