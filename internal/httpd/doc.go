// Package httpd is everything about HTTP that is not a page: where it listens,
// what surrounds every request, and how an error becomes a status.
//
// Rules: until there are accounts, only loopback is listened on, and only
// requests that name a loopback host are answered, so that no page elsewhere can
// reach a book by rebinding a name. Nothing inline runs in a page. A request has
// an id, in its log line, its answer's header and its problem body.
package httpd
