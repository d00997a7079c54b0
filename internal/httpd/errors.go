package httpd

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

var statuses = map[clientele.Code]int{
	clientele.CodeInternal:   http.StatusInternalServerError,
	clientele.CodeUsage:      http.StatusBadRequest,
	clientele.CodeInvalid:    http.StatusUnprocessableEntity,
	clientele.CodeNotFound:   http.StatusNotFound,
	clientele.CodeConflict:   http.StatusConflict,
	clientele.CodeForbidden:  http.StatusForbidden,
	clientele.CodeUnbalanced: http.StatusInternalServerError,
	clientele.CodeNotLoaded:  http.StatusAccepted,
	clientele.CodeBusy:       http.StatusServiceUnavailable,
	clientele.CodeNoSpace:    http.StatusInsufficientStorage,

	clientele.CodeUnauthenticated: http.StatusUnauthorized,
	clientele.CodeStale:           http.StatusPreconditionFailed,
	clientele.CodeUnconditional:   http.StatusPreconditionRequired,
	clientele.CodeTooMany:         http.StatusTooManyRequests,
}

// Status is the HTTP status of an error: 500 for what has no code of its own, 200 for nil.
func Status(err error) int {
	if err == nil {
		return http.StatusOK
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge
	}
	if errors.Is(err, errSlow) {
		return http.StatusRequestTimeout
	}
	if s, ok := statuses[clientele.CodeOf(err)]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Problem is an error as a body, after RFC 9457.
type Problem struct {
	Title     string             `json:"title"`
	Status    int                `json:"status"`
	Detail    string             `json:"detail,omitempty"`
	Code      clientele.Code     `json:"code"`
	Hint      string             `json:"hint,omitempty"`
	At        clientele.Position `json:"at,omitzero"`
	Rows      []string           `json:"rows,omitempty"`
	RequestID string             `json:"request_id,omitempty"`
}

// ProblemOf tells an error to the outside. Of a defect it says no more than that
// there was one: the cause is in the log, under the request id.
func ProblemOf(r *http.Request, err error) Problem {
	p := Problem{Status: Status(err), Code: clientele.CodeOf(err), RequestID: RequestID(r.Context())}
	p.Title = http.StatusText(p.Status)
	e := (*clientele.Error)(nil)
	switch {
	case p.Status == http.StatusRequestEntityTooLarge:
		p.Code, p.Detail, p.Hint = clientele.CodeInvalid, "what was sent is too large", "Import large files with clientele import."
	case p.Status == http.StatusRequestTimeout:
		p.Code, p.Detail, p.Hint = clientele.CodeInvalid, "what was sent took too long to arrive", "Send it again on a faster line."
	case p.Code == clientele.CodeInternal:
		p.Detail, p.Hint = "Clientele has a defect, or the machine a fault.", "The log has the details under the request's id."
	case errors.As(err, &e):
		p.Detail, p.Hint, p.At = e.Message, clientele.HintOf(err), e.At
		if a, _ := policy.ActorOf(r.Context()); a.Reach(policy.ReadRows) == policy.Everything {
			p.Rows = e.Rows // they may name anybody's customers
		}
	}
	return p
}

// WriteProblem answers with a problem body, for requests that are no pages.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := ProblemOf(r, err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the reader may be gone: there is nobody to tell
}
