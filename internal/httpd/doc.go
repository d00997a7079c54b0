// Package httpd is everything about HTTP that is not a page: where it listens,
// what surrounds every request, who asks, and how an error becomes a status.
//
// Rules: until there are accounts, this machine alone is answered; others only by https,
// which this server speaks or a proxy in front. Only requests that name the server's own
// host are answered, so that no page elsewhere can reach a book by rebinding a name. A
// route that declares no permission cannot be added. Nothing inline runs in a page. A
// request has an id, in its log line, its answer's header and its problem body, and it is
// logged, counted and traced by its route, never by its path, which may name a customer.
package httpd
