// Package equity adds customers up to what they are worth: the discounted
// margin expected of every customer ever acquired, from the as-of date on, each
// weighted by the probability of still being one.
//
// Rules:
//
//   - A customer's value is margin · DET · E[spend per purchase], purchases by
//     package btyd and spend by package spend, taken as independent.
//   - The value up to the horizon and the value beyond it, the tail, are apart;
//     the whole is their sum.
//   - Estimates are taken at the estimated parameters and are sums over rows:
//     those of groups add up to the total exactly. Intervals do not add up.
//   - An interval is the central 95 % of the value over draws of both models'
//     parameters; groups and total share the draws. It tells how sure the
//     expectation is, not how far chance will carry the outcome from it.
//   - The same seed gives the same bits, on any number of cores.
package equity
