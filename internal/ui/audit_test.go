package ui

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/ledger"
)

// audited is a fake with events of two days.
func audited() *fake {
	f := newFake()
	for i := range 250 {
		e := audit.Event{Number: int64(i + 1), At: time.Date(2026, 10, 1, 0, 0, i, 0, time.UTC), Who: "ada", Name: "Ada <L>", Via: "page", From: "192.0.2.7", Action: "session.started", Object: "person/ada", Outcome: audit.Done, Hash: "h"}
		f.audit.events = append(f.audit.events, e)
	}
	last := &f.audit.events[249]
	last.At, last.Name, last.Action, last.Object = time.Date(2026, 10, 2, 9, 0, 0, 0, time.UTC), "=cmd()", "person.changed", "person/olive"
	last.Before = json.RawMessage(`{"name":"Olive","roles":["owner"],"disabled":false,"head":null,"at":{"unit_id":"u1"}}`)
	last.After = json.RawMessage(`{"name":"Olive","roles":["owner","analyst"],"disabled":true,"scopes":[{"attribute":"region","value":7}]}`)
	last.Previous = "0f"
	f.audit.events[248].Outcome = audit.Denied
	return f
}

func TestAuditPage(t *testing.T) {
	f := audited()
	signedIn(t, f, "olive").sees("/audit", http.StatusForbidden)
	v := signedIn(t, f, "ada")
	body := v.sees("/audit", http.StatusOK, `aria-current="page">Audit`, "The chain has not been checked", "person.changed", "<strong>denied</strong>", `href="/audit?below=151"`, "=cmd()")
	if strings.Contains(body, ">Latest<") || strings.Count(body, `<th scope="row"`) != 100 {
		t.Error("the first page has another page before it, or not a hundred events")
	}
	v.sees("/audit?below=151", http.StatusOK, ">Latest<", `href="/audit/150"`)
	if body := v.sees("/audit?below=51", http.StatusOK); strings.Contains(body, ">Earlier<") {
		t.Error("there is something before the first event")
	}
	if body := v.sees("/audit?who=cmd&action=PERSON&object=olive&from=2026-10-02&to=2026-10-02", http.StatusOK, `value="2026-10-02"`, "person.changed", "/audit.csv?action=PERSON"); strings.Contains(body, "session.started") {
		t.Error("the filter lets others through")
	}
	v.sees("/audit?outcome=denied", http.StatusOK, `href="/audit/249"`, `<option value="denied" selected>`)
	v.sees("/audit?to=2026-09-30", http.StatusOK, "No event is like that.")
	v.sees("/audit?from=soon", http.StatusUnprocessableEntity, `role="alert"`)
	f.audit.fail = errBurns
	v.sees("/audit", http.StatusInternalServerError)
}

func TestChainIsChecked(t *testing.T) {
	f := audited()
	v := signedIn(t, f, "ada")
	v.leads("/audit/check", nil, "/audit")
	v.sees("/audit", http.StatusOK, "The chain holds: 250 events are as they were written", "0123456789abcdef", "Checked ")
	f.audit.findings = []ledger.Finding{{Where: "event 7 of the audit", Reason: "is not as it was written"}}
	v.leads("/audit/check", nil, "/audit")
	v.sees("/audit", http.StatusOK, "The chain is not as it was written", "event 7 of the audit: is not as it was written")
	f.audit.fail = errBurns
	v.sends("/audit/check", nil, http.StatusInternalServerError)
}

func TestEventPage(t *testing.T) {
	f := audited()
	v := signedIn(t, f, "ada")
	body := v.sees("/audit/250", http.StatusOK, "=cmd(): person.changed", "192.0.2.7", "person/olive", "Fields that differ stand in bold.", "after <code>0f</code>")
	for _, row := range []string{
		`<tr><th scope="row">name</th><td class="wrap">Olive</td><td class="wrap">Olive</td>`, `<tr class="chosen"><th scope="row">roles</th><td class="wrap">owner</td><td class="wrap">owner, analyst</td>`,
		`<th scope="row">disabled</th><td class="wrap">no</td><td class="wrap">yes</td>`, `<th scope="row">head</th><td class="wrap">none</td><td class="wrap"></td>`,
		`<th scope="row">at.unit id</th><td class="wrap">u1</td>`, `<th scope="row">scopes.1.value</th><td class="wrap"></td><td class="wrap">7</td>`,
	} {
		if !strings.Contains(body, row) {
			t.Errorf("no %s in %s", row, body)
		}
	}
	v.sees("/audit/1", http.StatusOK, "It tells of no fields")
	f.audit.events[0].Before, f.audit.events[0].After = json.RawMessage(`"a"`), json.RawMessage(`"a"`)
	v.sees("/audit/1", http.StatusOK, "No field differs.", "what it is")
	f.audit.events[0].Before = json.RawMessage(`{"cut`)
	v.sees("/audit/1", http.StatusOK, "{&#34;cut")
	for _, path := range []string{"/audit/251", "/audit/0", "/audit/last"} {
		v.sees(path, http.StatusNotFound, "there is no such event")
	}
	f.audit.fail = errBurns
	v.sees("/audit/1", http.StatusInternalServerError)
}

func TestAuditAsCSV(t *testing.T) {
	f := audited()
	v := signedIn(t, f, "ada")
	w := v.ask(http.MethodGet, "/audit.csv?action=person", "", "")
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(rows) != 2 || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Fatalf("%v, %d rows", err, len(rows))
	}
	if rows[1][0] != "250" || rows[1][1] != "2026-10-02T09:00:00Z" || rows[1][3] != "'=cmd()" {
		t.Errorf("%q", rows[1])
	}
	last := f.audit.events[len(f.audit.events)-1]
	if last.Action != "audit.exported" || last.Name != "Ada <L>" {
		t.Errorf("the export is not audited: %+v", last)
	}
	for i := range 2000 {
		f.audit.events = append(f.audit.events, audit.Event{Number: int64(252 + i), Action: "x"})
	}
	w = v.ask(http.MethodGet, "/audit.csv", "", "")
	if rows, err := csv.NewReader(w.Body).ReadAll(); err != nil || len(rows) != 2253 {
		t.Errorf("%v, %d rows", err, len(rows))
	}
	v.sees("/audit.csv?from=soon", http.StatusUnprocessableEntity)
	f.audit.fail = errBurns
	defer func() {
		if recover() == nil {
			t.Error("a cut file looks whole")
		}
	}()
	v.ask(http.MethodGet, "/audit.csv", "", "")
}
