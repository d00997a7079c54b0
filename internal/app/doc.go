// Package app is the composition root: it makes a book, opens it, wires what
// works on it, and closes it. It is the only package that sees everything.
//
// Opening a book mends it: files that are landed but not loaded are loaded, a
// damaged records file is set aside and rebuilt from landing/, work that an
// earlier process left undone goes back to the queue, its temporary files go.
package app
