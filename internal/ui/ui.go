// Package ui is the pages: one file per page, a typed struct per page, and
// templates that only place what the struct says. Pages hold no logic of their
// own: figures come from the capabilities, already computed; a page that finds
// nothing computed adds a job and shows its progress.
//
// Rules: every form works without scripts; every figure of a statement leads to
// its explanation, which carries the same filters; a chart has a text summary
// and a table; nothing is told by colour alone; no style and no script stands
// in a page.
package ui

import (
	"net/http"
)

// Site is the pages of one book.
type Site struct {
	Services
	templates templates
	uploads   uploads
	mux       *http.ServeMux
}

// New makes the pages of one book. Security headers, cross-origin protection
// and request ids are the business of package httpd, around it.
func New(s Services) *Site {
	site := &Site{Services: s, templates: parseTemplates(), uploads: uploads{dir: s.Uploads}, mux: http.NewServeMux()}
	site.mux.Handle("GET /assets/", http.StripPrefix("/assets/", s.Assets))
	for pattern, p := range map[string]page{
		"GET /{$}":                                 site.statement,
		"GET /explain":                             site.explain,
		"GET /movement":                            site.movement,
		"GET /contracts":                           site.contracts,
		"GET /growth":                              site.growth,
		"GET /movement/explain":                    site.explainMovement,
		"GET /orders":                              site.orders,
		"GET /model":                               site.model,
		"POST /model/compare":                      site.compareModels,
		"GET /closes":                              site.closes,
		"GET /closes/{period}":                     site.closed,
		"GET /definitions":                         site.definitions,
		"POST /definitions":                        site.propose,
		"GET /definitions/{version}":               site.definition,
		"POST /definitions/{version}/approve":      site.approve,
		"GET /goals":                               site.goals,
		"POST /goals":                              site.setGoal,
		"GET /data":                                site.data,
		"POST " + UploadPath:                       site.upload,
		"GET " + UploadPath + "/{token}":           site.mapping,
		"POST " + UploadPath + "/{token}/import":   site.importUpload,
		"POST " + UploadPath + "/{token}/discard":  site.discard,
		"GET /data/imports/{sequence}":             site.rejects,
		"GET /data/imports/{sequence}/rejects.csv": site.rejectsCSV,
		"GET /jobs/{id}":                           site.job,
		"POST /jobs/{id}/cancel":                   site.cancelJob,
		"POST /jobs/{id}/again":                    site.repeatJob,
		"/":                                        site.notFound,
	} {
		site.mux.Handle(pattern, site.handle(p))
	}
	return site
}

// UploadPath takes files, whose bodies may be large and slow.
const UploadPath = "/data/uploads"

// ServeHTTP answers with a page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }
