package httpd

import (
	"net/http"
	"strings"

	"github.com/clientele/clientele/internal/policy"
)

// Route is a pattern and what it needs.
type Route struct {
	Pattern string
	Need    policy.Permission
}

// Router answers routes, each of which says what it needs: who may not is refused before
// the handler is asked.
type Router struct {
	mux    *http.ServeMux
	fail   func(http.ResponseWriter, *http.Request, error)
	routes []Route
}

// NewRouter makes a router without routes; fail answers who is refused.
func NewRouter(fail func(http.ResponseWriter, *http.Request, error)) *Router {
	return &Router{mux: http.NewServeMux(), fail: fail}
}

// Handle adds a route, whose pattern is that of a http.ServeMux. It panics on the zero
// permission, which is a defect: a route that anyone may ask says policy.Anyone.
func (r *Router) Handle(pattern string, need policy.Permission, h http.Handler) {
	if need.Zero() {
		panic("the route " + pattern + " declares no permission")
	}
	r.routes = append(r.routes, Route{pattern, need})
	route := pattern[strings.Index(pattern, " ")+1:]
	r.mux.HandleFunc(pattern, func(w http.ResponseWriter, req *http.Request) {
		about(req.Context()).route = route
		if _, err := policy.Require(req.Context(), need); err != nil {
			r.fail(w, req, err)
			return
		}
		h.ServeHTTP(w, req)
	})
}

// Mount has other routes answer all below a path that ends in a slash.
func (r *Router) Mount(path string, routes Routed) {
	r.routes = append(r.routes, routes.Routes()...)
	r.mux.Handle(path, routes)
}

// Routed is a router, or what is made of one: everything that it answers says what it needs.
type Routed interface {
	http.Handler
	Routes() []Route
}

// Routes lists what was added, in that order.
func (r *Router) Routes() []Route { return r.routes }

// ServeHTTP answers a request.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.mux.ServeHTTP(w, req) }
