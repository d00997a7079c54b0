// Package retention models customers under contract, whose leaving is seen: how
// long they stay, and what the renewals still to come are worth.
//
// Rules:
//
//   - Time counts renewals. A customer starts at 0; S(t) is the share that renewed
//     at least t times, so S(0) = 1 and S(1) passed the first renewal.
//   - A fit takes weighted cells, and costs time in the number of distinct
//     tenures. A cell may start late (Entry): customers whose earlier renewals are
//     known of only because they survived them. Leaving that out would overstate
//     retention.
//   - Discount rates are per renewal period, a fraction: .1 is 10 %.
//   - There is an estimate, or a *fit.Refusal that says why not. Functions of
//     arguments outside their domain give NaN, never a panic.
//
// Retention rates of a cohort rise with its age mostly because those who leave
// readily leave first. The SBG (shifted-beta-geometric) and the BDW
// (beta-discrete-Weibull) say so; the Geometric, one rate for all and for ever,
// does not, and can undervalue customers by a third.
package retention
