// Package clientele is the domain: what a customer, an order, a movement and a
// statement are, the errors that any part can raise, and nothing about how they
// are stored, computed or shown. It imports the standard library only.
//
// The rules that every part keeps:
//
//   - Days are business-local calendar days (Date); a period names both its ends,
//     both inclusive.
//   - Money is decimal from file to page (Money); floating point is for estimates.
//   - A movement balances or it is an error that names the rows.
//   - What cannot be told is null with a reason, never zero.
package clientele
