package api

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// operation is one thing that can be asked for.
type operation struct {
	name    string // unique; what generated clients call it
	pattern string // method and path, as net/http has them
	about   string // under which it stands in the description
	says    string // what it does, in a sentence
	more    string // what else is to be known; "" is nothing

	status   int    // of success; 0 is 200
	computes bool   // may answer 202 with the job that computes what is asked for
	secret   bool   // the answer holds what is shown once
	unkept   bool   // a POST that changes nothing, and whose answer may not be kept
	alone    bool   // a POST that cannot be one transaction: it is safe to be sent again anyway
	takes    string // media type of the body; "" is JSON
	gives    string // media type of the answer; "" is JSON

	need   policy.Permission
	inputs []input
	body   *schema // nil is none
	answer *schema // nil is none
}

func (o *operation) method() string { return o.pattern[:strings.IndexByte(o.pattern, ' ')] }
func (o *operation) path() string   { return o.pattern[strings.IndexByte(o.pattern, ' ')+1:] }

// edits reports whether the operation changes what has an ETag.
func (o *operation) edits() bool {
	for _, in := range o.inputs {
		if in.name == ifMatch {
			return true
		}
	}
	return false
}

func (o *operation) success() int {
	if o.status == 0 {
		return http.StatusOK
	}
	return o.status
}

// answer is what an operation gives.
type answer[B any] struct {
	body     B
	etag     string // of what is answered; "" is the hash of the body
	location string // of what was made; "" is nothing
}

// none is the body of an answer without one.
type none struct{}

// only is an answer without more to say.
func only[B any](body B, err error) (answer[B], error) { return answer[B]{body: body}, err }

// pending is the error of what is being computed: no failure, but an answer of its own.
type pending struct{ job store.Job }

func (p pending) Error() string { return "it is being computed by the job " + p.job.ID }

// ready is what is computed already, or the job that computes it.
func ready[B any](body B, ok bool, err error, compute func() (store.Job, error)) (answer[B], error) {
	if err != nil || ok {
		return only(body, err)
	}
	j, err := compute()
	if err == nil {
		err = pending{j}
	}
	return answer[B]{}, err
}

// handler answers an operation with a body, as JSON, and what belongs to it.
type handler func(ctx context.Context, q *question) (reply, error)

// reply is an answer as it is sent and, for a POST that is named, kept.
type reply struct {
	status         int
	etag, location string
	body           any    // to be written; nil is none
	text           []byte // the body as it was written; nil until then
	replayed       bool
}

// register adds an operation to the API: need is what it takes to ask for it, In the type
// whose tags say what it takes, B the type of its answer.
func register[In, B any](a *API, need policy.Permission, o operation, h func(context.Context, *In) (answer[B], error)) {
	o.need, o.inputs = need, inputsOf(a.types, reflect.TypeFor[In]())
	if b, ok := bodyOf(reflect.TypeFor[In]()); ok && o.takes == "" {
		o.body = a.types.of(b, true)
	}
	if t := reflect.TypeFor[B](); t != reflect.TypeFor[none]() && o.gives == "" {
		o.answer = a.types.of(t, false)
	}
	a.add(&o, func(ctx context.Context, q *question) (reply, error) {
		in := new(In)
		if err := q.bind(reflect.ValueOf(in).Elem()); err != nil {
			return reply{}, err
		}
		if p, ok := any(in).(interface{ at(u *url.URL) }); ok {
			p.at(q.URL)
		}
		got, err := h(ctx, in)
		if err != nil {
			return reply{}, err
		}
		r := reply{status: o.success(), etag: got.etag, location: got.location, body: got.body}
		if o.answer == nil && o.gives == "" {
			r.status, r.body = http.StatusNoContent, nil
		}
		return r, nil
	})
}

// add makes a route of an operation.
func (a *API) add(o *operation, h handler) {
	a.operations = append(a.operations, o)
	a.router.Handle(o.pattern, o.need, a.serve(o, h))
}

// close adds, for every path, the answer to methods that it does not have, and for all
// that is below the API, the answer to paths that it does not have.
func (a *API) close() {
	methods := map[string][]string{}
	var paths []string
	for _, o := range a.operations {
		if methods[o.path()] == nil {
			paths = append(paths, o.path())
		}
		methods[o.path()] = append(methods[o.path()], o.method())
		if o.method() == http.MethodGet {
			methods[o.path()] = append(methods[o.path()], http.MethodHead)
		}
	}
	for _, path := range paths {
		allow := strings.Join(methods[path], ", ")
		a.router.Handle(path, policy.Anyone, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", allow)
			err := clientele.Errorf(clientele.CodeUsage, "%s is not what this address takes", r.Method).WithHint("It takes %s.", allow)
			a.fail(w, r, refusal{http.StatusMethodNotAllowed, err})
		}))
	}
	for _, below := range []string{"/api/", "/v1/"} {
		a.router.Handle(below, policy.Anyone, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a.fail(w, r, clientele.Errorf(clientele.CodeNotFound, "there is nothing at this address").WithHint("GET /api/v1/docs lists all that there is."))
		}))
	}
}
