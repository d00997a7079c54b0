// Package customer is the capability behind the page of one customer: what happened with them,
// what they are worth and were, and what is promised to them.
//
// Rules: one customer is read at a time, and only as much as a page shows. No model is fitted
// for it: worth is by the run that there is, or is said not to be known.
package customer
