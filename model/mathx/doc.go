// Package mathx holds the special functions and quadrature rules that the
// models need, accurate over the whole range that the models reach.
//
// Rules: functions are pure; arguments outside a function's domain give NaN,
// never a panic; a result is exact to a few units in the last place of its
// largest intermediate term, and the doc comment says so where that is less
// than full relative accuracy.
package mathx
