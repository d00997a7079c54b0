// Package btyd models purchases without a contract: customers buy while they
// are alive, and leave without saying so.
//
// Rules:
//
//   - Time is counted from a customer's first purchase. Every rate parameter is
//     per week; a Cell counts days and a week is 7 of them.
//   - A frequency X counts repeat purchases: days with a purchase after the day
//     of the first one. Several orders on one day are one.
//   - The age T runs to the as-of date, never to the last event.
//   - Discount rates are continuous, per week: WeeklyDiscount turns a yearly
//     rate into one.
//   - A fit takes weighted cells, one per distinct (X, Tx, T), and costs time
//     and memory in the number of cells, not of customers.
//   - There is an estimate, or a *fit.Refusal that says why not. Functions of
//     parameters and histories outside their domain give NaN, never a panic.
//
// The default is the Pareto/NBD of Schmittlein, Morrison and Colombo (Management
// Science 33, 1987): while alive a customer buys at rate λ, Gamma(R, Alpha)
// over customers, and leaves at rate μ, Gamma(S, Beta) over customers. Beside it
// stand the BG/NBD and MBG/NBD, where customers leave after a purchase, the NBD,
// where nobody leaves, and the BG/BB for purchases at given opportunities, which
// its time then counts in place of weeks. Model is what they all say of a customer; each has a
// Fit function on weighted cells, and each fit its Profile of intervals and its
// Bootstrap. Where the Pareto/NBD has no maximum, FitLimit fits the model at that edge.
// FitCovariates lets its rates depend on what is known of customers from the start,
// FitCohorts lets groups differ as far as their data carry.
package btyd
