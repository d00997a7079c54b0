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

	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/policy"
)

// Site is the pages of one book.
type Site struct {
	Services
	templates templates
	uploads   uploads
	router    *httpd.Router
}

// UploadPath takes files, whose bodies may be large and slow.
const UploadPath = "/data/uploads"

// route is an address, what it needs, and the page that answers.
type route struct {
	pattern string
	need    policy.Permission
	page    page
}

// New makes the pages of one book. Who asks stands in the context of a request. Security
// headers, cross-origin protection and request ids are the business of package httpd,
// around it.
func New(s Services) *Site {
	site := &Site{Services: s, templates: parseTemplates(), uploads: uploads{dir: s.Uploads}}
	site.router = httpd.NewRouter(site.Fail)
	site.router.Handle("GET /assets/", policy.Anyone, http.StripPrefix("/assets/", s.Assets))
	for _, r := range site.pages() {
		site.router.Handle(r.pattern, r.need, site.handle(r.page))
	}
	return site
}

func (s *Site) pages() []route {
	return []route{
		{"GET /{$}", policy.ReadStatement, s.statement},
		{"GET /explain", policy.ReadStatement, s.explain},
		{"GET /movement", policy.ReadStatement, s.movement},
		{"GET /movement/explain", policy.ReadStatement, s.explainMovement},
		{"GET /contracts", policy.ReadStatement, s.contracts},
		{"GET /growth", policy.ReadStatement, s.growth},
		{"GET /orders", policy.ReadRows, s.orders},
		{"GET /model", policy.ReadModel, s.model},
		{"POST /model/compare", policy.ChooseModel, s.compareModels},
		{"GET /closes", policy.ReadCloses, s.closes},
		{"GET /closes/{period}", policy.ReadCloses, s.closed},
		{"GET /definitions", policy.ReadDefinitions, s.definitions},
		{"POST /definitions", policy.ProposeDefinition, s.propose},
		{"GET /definitions/{version}", policy.ReadDefinitions, s.definition},
		{"POST /definitions/{version}/approve", policy.ApproveDefinition, s.approve},
		{"GET /goals", policy.ReadGoals, s.goals},
		{"POST /goals", policy.SetGoal, s.setGoal},
		{"GET /data", policy.ReadData, s.data},
		{"POST " + UploadPath, policy.ImportData, s.upload},
		{"GET " + UploadPath + "/{token}", policy.ImportData, s.mapping},
		{"POST " + UploadPath + "/{token}/import", policy.ImportData, s.importUpload},
		{"POST " + UploadPath + "/{token}/discard", policy.ImportData, s.discard},
		{"GET /data/imports/{sequence}", policy.ReadData, s.rejects},
		{"GET /data/imports/{sequence}/rejects.csv", policy.ReadRejects, s.rejectsCSV},
		{"GET /jobs/{id}", policy.SeeJobs, s.job},
		{"POST /jobs/{id}/cancel", policy.RunJobs, s.cancelJob},
		{"POST /jobs/{id}/again", policy.RunJobs, s.repeatJob},
		{"/", policy.Anyone, s.notFound},
	}
}

// Routes lists the addresses of the pages, and what each needs.
func (s *Site) Routes() []httpd.Route { return s.router.Routes() }

// ServeHTTP answers with a page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }
