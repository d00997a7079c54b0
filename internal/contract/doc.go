// Package contract says how long customers stay under contract and what those who are there
// are worth. Survival is told as it was (Kaplan–Meier) and by a model of renewals a month,
// the shifted-beta-geometric or the beta-discrete-Weibull, of package retention.
//
// The worth of a customer with n renewals behind is the recurring amount × margin × the sum
// over the months to come of S(n+k)/S(n), discounted (Fader and Hardie, Marketing Science 29,
// 2010). Customers differ in how readily they leave, which one churn rate for all ignores: it
// undervalues those who have stayed.
package contract
