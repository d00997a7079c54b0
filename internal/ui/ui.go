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
	"html/template"
	"net/http"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/work"
)

// Site is the pages of one book.
type Site struct {
	Services
	templates templates
	uploads   uploads
	router    *httpd.Router
	checked   checked
	kept      *lru.Cache[string, []byte]      // see showKept
	cards     *lru.Cache[card, template.HTML] // see cardHTML
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
	kept, _ := lru.New[string, []byte](mostPages) // fails for sizes below 1 alone
	cards, _ := lru.New[card, template.HTML](mostCards)
	site := &Site{Services: s, templates: parseTemplates(), uploads: uploads{work.Uploads{Dir: s.Uploads}}, kept: kept, cards: cards}
	site.router = httpd.NewRouter(site.Fail)
	site.router.Handle("GET /assets/", policy.Anyone, http.StripPrefix("/assets/", s.Assets))
	for _, r := range slices.Concat(site.pages(), site.accountPages(), site.companyPages(), site.journeyPages(), site.surveyPages(), site.hostedPages()) {
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
		{"GET /measures", policy.ReadMeasures, s.measures},
		{"GET /measures/{name}", policy.ReadMeasures, s.measure},
		{"POST /measures/events", policy.MarkEvents, s.markEvent},
		{"POST /measures/events/{number}/remove", policy.MarkEvents, s.unmarkEvent},
		{"GET /customers", policy.ReadRows, s.customers},
		{"POST /customers", policy.ReadRows, s.findCustomerPage},
		{"GET /customers/{id}", policy.ReadRows, s.customer},
		{"GET /themes", policy.ReadThemes, s.themes},
		{"POST /themes/undo", policy.EditThemes, s.undoTheme},
		{"GET /themes/{id}", policy.ReadThemes, s.theme},
		{"POST /themes/{id}/name", policy.EditThemes, s.editTheme(nameTheme)},
		{"POST /themes/{id}/merge", policy.EditThemes, s.editTheme(mergeTheme)},
		{"POST /themes/{id}/owner", policy.EditThemes, s.editTheme(ownTheme)},
		{"GET /orders", policy.ReadRows, s.orders},
		{"GET /model", policy.ReadModel, s.model},
		{"POST /model/compare", policy.ChooseModel, s.compareModels},
		{"GET /cases", policy.ReadCases, s.cases},
		{"GET /cases/rules", policy.ReadCases, s.caseRules},
		{"POST /cases/rules", policy.SetCaseRules, s.setCaseRule},
		{"GET /cases/{number}", policy.ReadCases, s.theCase},
		{"POST /cases/{number}/take", policy.WorkCases, s.changeCase(s.takeCase)},
		{"POST /cases/{number}/note", policy.WorkCases, s.changeCase(s.noteCase)},
		{"POST /cases/{number}/settle", policy.WorkCases, s.settleCase},
		{"GET " + cases.AnswerPage, policy.Anyone, s.askCustomer},
		{"POST " + cases.AnswerPage, policy.Anyone, s.answerCase},
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

// accountPages let people in, and are about the reader's own account.
func (s *Site) accountPages() []route {
	return []route{
		{"GET /setup", policy.Anyone, s.setUp},
		{"POST /setup", policy.Anyone, s.setUpFirst},
		{"GET /invitation", policy.Anyone, s.invitation},
		{"POST /invitation", policy.Anyone, s.acceptInvitation},
		{"GET /sign-in", policy.Anyone, s.signIn},
		{"POST /sign-in", policy.Anyone, s.signInByPassword},
		{"GET /sign-in/second", policy.Anyone, s.secondAgain},
		{"POST /sign-in/second", policy.Anyone, s.second},
		{"POST /sign-in/passkey/begin", policy.Anyone, s.handleJSON(s.beginPasskey)},
		{"POST /sign-in/passkey", policy.Anyone, s.handleJSON(s.signInByPasskey)},
		{"GET /sso/start", policy.Anyone, s.startSSO},
		{"GET " + ssoPath, policy.Anyone, s.finishSSO},
		{"POST /sign-out", policy.Anyone, s.signOut},
		{"GET /account", policy.OwnAccount, s.account},
		{"POST /account/password", policy.OwnAccount, s.changePassword},
		{"POST /account/totp", policy.OwnAccount, s.beginTOTP},
		{"POST /account/totp/confirm", policy.OwnAccount, s.confirmTOTP},
		{"POST /account/totp/remove", policy.OwnAccount, s.removeTOTP},
		{"POST /account/passkeys/begin", policy.OwnAccount, s.handleJSON(s.beginPasskeyEnrolment)},
		{"POST /account/passkeys", policy.OwnAccount, s.handleJSON(s.addPasskey)},
		{"POST /account/passkeys/{id}/remove", policy.OwnAccount, s.removePasskey},
		{"POST /account/sessions/{id}/end", policy.OwnAccount, s.endSession},
		{"POST /account/sessions/end-others", policy.OwnAccount, s.endOtherSessions},
		{"POST /account/tokens", policy.OwnAccount, s.addToken},
		{"POST /account/tokens/{id}/revoke", policy.OwnAccount, s.revokeToken},
	}
}

// companyPages are about who works with the book, and what they did.
func (s *Site) companyPages() []route {
	return []route{
		{"GET /people", policy.ReadPeople, s.people},
		{"POST /people", policy.ManagePeople, s.invite},
		{"GET /people/{id}", policy.ManagePeople, s.person},
		{"POST /people/{id}", policy.ManagePeople, s.changePerson},
		{"POST /people/{id}/disable", policy.ManagePeople, s.disablePerson},
		{"POST /people/{id}/enable", policy.ManagePeople, s.disablePerson},
		{"POST /people/{id}/invite", policy.ManagePeople, s.inviteAgain},
		{"POST /people/{id}/factors/reset", policy.ManagePeople, s.resetFactors},
		{"POST /people/{id}/sessions/end", policy.ManagePeople, s.endSessions},
		{"GET /units", policy.ReadPeople, s.units},
		{"POST /units", policy.ManagePeople, s.addUnit},
		{"GET /units/{id}", policy.ManagePeople, s.unit},
		{"POST /units/{id}", policy.ManagePeople, s.changeUnit},
		{"POST /units/{id}/remove", policy.ManagePeople, s.removeUnit},
		{"GET /roles", policy.ReadRoles, s.roles},
		{"GET /services", policy.ManageServices, s.services},
		{"POST /services", policy.ManageServices, s.addService},
		{"POST /services/{id}/revoke", policy.ManageServices, s.revokeService},
		{"GET /privacy", policy.ReadPrivacy, s.privacy},
		{"POST /privacy/find", policy.ExportPerson, s.findCustomer},
		{"POST /privacy/export", policy.ExportPerson, s.exportCustomer},
		{"POST /privacy/erase", policy.ErasePerson, s.eraseCustomers},
		{"GET /mail", policy.Operate, s.outbox},
		{"POST /mail/test", policy.ManageMail, s.tryMail},
		{"POST /mail/clear", policy.ManageMail, s.clearMail},
		{"POST /mail/decide", policy.ManageMail, s.decideMail},
		{"GET " + mail.StopPage, policy.Anyone, s.stopMail},
		{"POST " + mail.StopPage, policy.Anyone, s.stopMailNow},
		{"GET /audit", policy.ReadAudit, s.auditLog},
		{"POST /audit/check", policy.ReadAudit, s.checkChain},
		{"GET /audit/{number}", policy.ReadAudit, s.event},
		{"GET /audit.csv", policy.ReadAudit, s.auditCSV},
	}
}

// journeyPages are about the map of journeys. What an owner may not change of it is refused by
// the guard behind them.
func (s *Site) journeyPages() []route {
	routes := []route{
		{"GET /journeys", policy.ReadJourneys, s.journeys},
		{"GET /journeys/history", policy.ReadJourneys, s.journeysHistory},
		{"GET /journeys/observed", policy.ReadMeasures, s.observed},
		{"GET /journeys/{id}/observed", policy.ReadMeasures, s.observed},
		{"POST /journeys/undo", policy.EditJourneys, s.undoEdit},
		{"GET /journeys/{id}", policy.ReadJourneys, s.canvas},
		{"GET /journeys/{id}/history", policy.ReadJourneys, s.journeyHistory},
		{"GET /touchpoints/{id}", policy.ReadJourneys, s.touchpoint},
		{"POST /touchpoints/{id}/notes", policy.EditJourneys, s.writeNotes},
		{"POST /touchpoints/{id}/owner", policy.EditJourneys, s.setOwner},
		{"POST /journeys/{id}", policy.EditJourneys, s.renamePart(journey.IsJourney)},
		{"POST /stages/{id}", policy.EditJourneys, s.renamePart(journey.IsStage)},
		{"POST /touchpoints/{id}/place", policy.EditJourneys, s.placeTouchpoint},
	}
	for kind, path := range partPaths {
		routes = append(routes,
			route{"POST " + path, policy.EditJourneys, s.addPart(kind)},
			route{"POST " + path + "/{id}/move", policy.EditJourneys, s.movePart(kind)},
			route{"POST " + path + "/{id}/remove", policy.EditJourneys, s.removePart(kind)},
		)
	}
	return routes
}

// Routes lists the addresses of the pages, and what each needs.
func (s *Site) Routes() []httpd.Route { return s.router.Routes() }

// ServeHTTP answers with a page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }
