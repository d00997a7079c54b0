// Package pack writes the statement of a period for a board: as a PDF, as a
// spreadsheet, and as one HTML file that prints.
//
// The three are made of one report, so that they say the same to the cent, and
// of a Document alone: a closed period is packed without its records. Sums are
// proved before anything is written; in the spreadsheet they are formulas. What
// is not closed says so on every page. One document always gives the same bytes.
package pack
