// Package ui is the pages: one file per page, a typed struct per page, and
// templates that only place what the struct says. Pages hold no logic of their
// own: figures come from the capabilities, already computed; a page that finds
// nothing computed adds a job and shows its progress.
package ui

import "net/http"

// New serves the pages of one book. Security headers, cross-origin protection
// and request ids are the business of package httpd, around it.
func New(s Services) http.Handler {
	return http.NewServeMux()
}
