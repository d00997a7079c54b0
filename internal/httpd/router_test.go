package httpd

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/clientele/clientele/internal/policy"
)

func TestRoutesAreClosedToWhoMayNot(t *testing.T) {
	r := NewRouter(WriteProblem)
	r.Handle("GET /open", policy.Anyone, http.HandlerFunc(ok))
	r.Handle("GET /goals", policy.ReadGoals, http.HandlerFunc(ok))
	owner, employee := policy.Actor{Roles: []policy.Role{policy.Owner}}, policy.Actor{Roles: []policy.Role{policy.Employee}}
	for _, c := range []struct {
		path  string
		actor *policy.Actor
		want  int
	}{
		{"/open", nil, 200}, {"/goals", nil, 401}, {"/goals", &employee, 403}, {"/goals", &owner, 200}, {"/other", &owner, 404},
	} {
		req, w := httptest.NewRequest(http.MethodGet, c.path, nil), httptest.NewRecorder()
		if c.actor != nil {
			req = req.WithContext(policy.With(req.Context(), *c.actor))
		}
		if r.ServeHTTP(w, req); w.Code != c.want {
			t.Errorf("%+v: status %d", c, w.Code)
		}
	}
}

func TestRouteWithoutPermissionIsADefect(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it was added")
		}
	}()
	NewRouter(WriteProblem).Handle("GET /", policy.Permission{}, http.HandlerFunc(ok))
}
