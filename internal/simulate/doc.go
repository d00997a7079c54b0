// Package simulate makes a company up from known parameters and writes the files
// that it would export: the demo, and the truth that tests recover. The same
// configuration gives the same bytes; no clock is read.
package simulate
