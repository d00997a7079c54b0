// Package cli is the command line, one file per command.
//
// Rules: data on standard output, all else on standard error; --json where there
// is something to read by machine; an error says what happened and what to do
// next, and ends in the exit code of its kind; progress is drawn only on a
// terminal; NO_COLOR is kept to. A command on a book that a server holds is run
// by that server, over the book's socket, and reads the same.
package cli
