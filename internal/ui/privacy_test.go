package ui

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/privacy"
)

// shielded is what is held of customers, in a fake: C-1 is held, nobody else is.
type shielded struct {
	customers int64
	erasures  []privacy.Receipt
	asked     privacy.Request
	fail      error
	failAt    string // method
}

func (s *shielded) failed(method string) error {
	if s.failAt == method {
		return s.fail
	}
	return nil
}

func (s *shielded) Held(context.Context) (privacy.Holdings, error) {
	first, last := clientele.MustDate("2023-01-02"), clientele.MustDate("2026-09-30")
	return privacy.Holdings{Customers: s.customers, Holdings: []privacy.Holding{
		{What: "orders", Why: "counts customers", Where: "landing/", Rows: 541909, First: &first, Last: &last, Keep: "until erased"}, {What: "digests", Why: "keeps who was erased away", Keep: "for good"},
	}}, s.failed("Held")
}

func (s *shielded) Retention(context.Context) ([]privacy.Kept, error) {
	return []privacy.Kept{{What: config.KeepCustomers, Keep: "10y", Before: "2016-10-05", Past: 12, Then: "made anonymous"}, {What: config.KeepRejects, Keep: "never", Then: "emptied"}}, s.failed("Retention")
}

func (s *shielded) Erasures(context.Context) ([]privacy.Receipt, error) {
	return s.erasures, s.failed("Erasures")
}

func (s *shielded) Find(_ context.Context, id string) (privacy.Found, error) {
	f := privacy.Found{Customer: id}
	switch id {
	case "":
		return f, clientele.Errorf(clientele.CodeUsage, "nobody is named")
	case "C-1":
		f.Writings, f.Short = []string{"C-1", " c-1"}, true
		f.Files = []privacy.FoundFile{{Sequence: 1, Name: "orders.csv", Kind: clientele.Transactions, Accepted: signedAt(), Rows: 31, Rejected: 2, Mentions: 1}}
		f.Records = map[clientele.Kind]int64{clientele.Transactions: 29}
		f.Operations = []privacy.FoundTexts{{Table: "cache", Texts: 3}}
		f.Exports = []privacy.Exported{{At: signedAt(), By: "Ada", Action: "rejects.exported", Object: "import/1"}}
	}
	return f, s.failed("Find")
}

func (s *shielded) Export(_ context.Context, id string, w io.Writer) error {
	if id != "C-1" {
		return clientele.Errorf(clientele.CodeNotFound, "nothing is held of this customer")
	}
	_, err := io.WriteString(w, "PK")
	return err
}

func (s *shielded) Collect(_ context.Context, id string) (privacy.Copy, error) {
	return privacy.Copy{Customer: id, Made: time.Time{}}, s.failed("Collect")
}

func (s *shielded) Erase(_ context.Context, r privacy.Request) (privacy.Receipt, error) {
	s.asked = r
	if s.failAt == "Erase" {
		return privacy.Receipt{}, s.fail
	}
	e := privacy.Receipt{
		Number: 1, At: signedAt(), By: "Ada", Hash: "feedfacefeedface", Uploads: 1, Remains: []privacy.Remains{{Where: "the ledger of goals", Texts: 1}},
		Exports: []privacy.Exported{{At: signedAt(), By: "Ada", Action: "rejects.exported"}},
		Signed:  privacy.Signed{What: privacy.Erased, Why: r.Why, Persons: len(r.IDs), Files: []privacy.File{{Name: "orders.csv", Kind: clientele.Transactions, Old: "0123456789", New: "9876543210", Rows: 31}}},
	}
	s.erasures = append(s.erasures, e)
	return e, nil
}

// led is a fake with somebody who leads customer experience, and may find and erase.
func led() *fake {
	f := newFake()
	f.directory.people["ada"].Roles = []policy.Role{policy.Lead}
	return f
}

func TestPrivacyPage(t *testing.T) {
	f := led()
	v := signedIn(t, f, "ada")
	body := v.sees("/privacy", http.StatusOK, `aria-current="page">Privacy`, "This book holds 42,783 customers.", "541,909", "2 Jan 2023 – 30 Sep 2026", "customers of whom nothing new comes", ">10y<", ">12<",
		">for good<", `action="/privacy/find"`, `action="/privacy/erase"`)
	if strings.Contains(body, "What was erased") || strings.Contains(body, `name="by"`) {
		t.Error("there is an erasure, or somebody signs for another")
	}
	signedIn(t, f, "olive").sees("/privacy", http.StatusForbidden)
	f.directory.people["olive"].Roles = []policy.Role{policy.Analyst}
	if body := signedIn(t, f, "olive").sees("/privacy", http.StatusOK); strings.Contains(body, "/privacy/find") || strings.Contains(body, "/privacy/erase") {
		t.Error("an analyst may find and erase")
	}
	f.shielded.customers = 0
	expect(t, f.site, "/privacy", http.StatusOK, "This book holds nothing of any customer.", `name="by"`)
	for _, f.shielded.failAt = range []string{"Held", "Retention", "Erasures"} {
		f.shielded.fail = errBurns
		v.sees("/privacy", http.StatusInternalServerError)
	}
}

func TestCustomerIsFoundAndHandedOut(t *testing.T) {
	f := led()
	v := signedIn(t, f, "ada")
	v.sends("/privacy/find", url.Values{"id": {"C-1"}}, http.StatusOK, "C-1 is held in 1 file.", "Files write it as C-1,  c-1.", "too short to be looked for", `href="/data/imports/1"`, "beside, in cache",
		"rejects.exported", `name="id" value="C-1"`, ">C-1</textarea>")
	if body := v.sends("/privacy/find", url.Values{"id": {"C-2"}}, http.StatusOK, "Nothing is held of C-2."); strings.Contains(body, "/privacy/export") || strings.Contains(body, "/privacy/erase") {
		t.Error("what is not held can be handed out")
	}
	v.sends("/privacy/find", nil, http.StatusBadRequest, "Nobody is named.")
	w := v.ask(http.MethodPost, "/privacy/export", asForm, "id=C-1&as=zip")
	if w.Body.String() != "PK" || w.Header().Get("Content-Type") != "application/zip" || strings.Contains(w.Header().Get("Content-Disposition"), "C-1") {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	v.says(v.ask(http.MethodPost, "/privacy/export", asForm, "id=C-1&as=json"), "export", http.StatusOK, `"customer": "C-1"`)
	v.sends("/privacy/export", url.Values{"id": {"C-2"}}, http.StatusNotFound, "nothing is held of this customer")
	f.shielded.fail = errBurns
	for method, path := range map[string]string{"Find": "/privacy/find", "Collect": "/privacy/export"} {
		f.shielded.failAt = method
		v.sends(path, url.Values{"id": {"C-2"}, "as": {"json"}}, http.StatusInternalServerError)
	}
}

func TestCustomersAreErased(t *testing.T) {
	f := led()
	v := signedIn(t, f, "ada")
	form := url.Values{"ids": {"C-1\r\nC-2\r\n"}, "why": {"asked on 3 May"}}
	v.sends("/privacy/erase", form, http.StatusUnprocessableEntity, "Nobody was erased: it is not confirmed.", "C-2", `value="asked on 3 May"`)
	if f.shielded.asked.Why != "" {
		t.Fatal("what is not confirmed is done")
	}
	form.Set("sure", "yes")
	missing := clientele.Errorf(clientele.CodeNotFound, "nothing is held of 1 of 2 customers")
	missing.Rows = []string{"C-2"}
	f.shielded.failAt, f.shielded.fail = "Erase", missing
	v.sends("/privacy/erase", form, http.StatusNotFound, "Nothing is held of 1 of 2 customers.", "<code>C-2</code>")
	f.shielded.fail = clientele.Errorf(clientele.CodeBusy, "work on the book is not finished")
	v.sends("/privacy/erase", form, http.StatusServiceUnavailable, "Work on the book is not finished.")
	f.shielded.fail = errBurns
	v.sends("/privacy/erase", form, http.StatusInternalServerError)
	f.shielded.failAt = ""
	form.Set("unknown", "yes")
	v.sends("/privacy/erase", form, http.StatusOK, "2 customers are erased.", "asked on 3 May", `<code title="0123456789">01234567</code>`, "the ledger of goals", "rejects.exported", "feedfacefeedface")
	if !f.shielded.asked.Unknown || f.shielded.asked.IDs[1] != "C-2" {
		t.Errorf("%+v", f.shielded.asked)
	}
	v.sees("/privacy", http.StatusOK, "What was erased", "asked on 3 May")
	form.Del("sure")
	v.sends("/privacy/erase", form, http.StatusUnprocessableEntity, `name="unknown" value="yes" checked`)
}
