package ui

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/policy"
)

// refusal says why a form was refused, and what to do next; the zero value is that it was not.
type refusal struct{ Message, Hint string }

func refusalOf(err error) (f refusal) {
	if err != nil {
		f.Message, f.Hint = sayError(err)
	}
	return f
}

// rowsOf are the rows that an error names.
func rowsOf(err error) []string {
	e := (*clientele.Error)(nil)
	if errors.As(err, &e) {
		return e.Rows
	}
	return nil
}

// refuses reports whether an error is about what somebody filled in, so that the form is
// shown again with it. All else is the business of the error page.
func refuses(err error) bool {
	switch clientele.CodeOf(err) {
	case clientele.CodeInvalid, clientele.CodeConflict, clientele.CodeForbidden, clientele.CodeTooMany, clientele.CodeUsage:
		return true
	}
	return false
}

// refusesEntry reports whether an error is of a sign-in that did not succeed.
func refusesEntry(err error) bool {
	code := clientele.CodeOf(err)
	return refuses(err) || code == clientele.CodeUnauthenticated || code == clientele.CodeBusy
}

// readForm is what a form sent.
func readForm(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		return nil, clientele.Errorf(clientele.CodeUsage, "the form cannot be read").WithHint("Send it again from the page.").Because(err)
	}
	return r.PostForm, nil
}

// statusOf is the status of a form's page: 200 until it is refused.
func statusOf(refused error) int { return httpd.Status(refused) }

// ownPath is a page of this site to go to next, or other where next is none.
func ownPath(next, other string) string {
	// Browsers drop control characters, after which // may lead elsewhere.
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) || strings.ContainsFunc(next, unicode.IsControl) {
		return other
	}
	return next
}

// newPassword is the password of a form that asks for it twice.
func newPassword(form url.Values) (string, error) {
	if form.Get("password") != form.Get("again") {
		return "", clientele.Errorf(clientele.CodeInvalid, "the two passwords differ").WithHint("Type the same one twice; Show lets you read it.")
	}
	return form.Get("password"), nil
}

// versionOf is the version that a form was opened at.
func versionOf(form url.Values) (int64, error) {
	n, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil {
		return 0, clientele.Errorf(clientele.CodeUsage, "the form does not say which version it changes").WithHint("Send it again from the page.")
	}
	return n, nil
}

// readEdit reads the form of who changes a version of something.
func readEdit(r *http.Request) (form url.Values, version int64, err error) {
	if form, err = readForm(r); err == nil {
		version, err = versionOf(form)
	}
	return form, version, err
}

// tick is a box to tick.
type tick struct {
	Field, Value, Name, Note string
	Ticked                   bool
}

// roleWords are what the roles are, for those who give them.
var roleWords = map[policy.Role]string{
	policy.Executive: "chief executive, finance chief, board", policy.Lead: "leads customer experience",
	policy.Owner:   "answers for touchpoints; sees company totals, and the rows of their own units",
	policy.Analyst: "loads data and checks models", policy.Employee: "answers, and sees what the words mean",
	policy.Auditor: "reads all, changes nothing", policy.Administrator: "runs the system, and does not thereby see what is in it",
}

func roleTicks(roles []policy.Role, ticked func(policy.Role) bool) []tick {
	var ticks []tick
	for _, r := range roles {
		ticks = append(ticks, tick{"role", string(r), capital(string(r)), roleWords[r], ticked(r)})
	}
	return ticks
}

// rolesOf reads the roles that were ticked. What is none of the roles is for the directory to refuse.
func rolesOf(form url.Values) (roles []policy.Role) {
	for _, r := range form["role"] {
		roles = append(roles, policy.Role(r))
	}
	return roles
}

func rolesText(roles []policy.Role) string {
	var words []string
	for _, r := range policy.Roles() {
		if slices.Contains(roles, r) {
			words = append(words, string(r))
		}
	}
	return strings.Join(words, ", ")
}
