package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/policy"
)

//go:embed templates
var templateFiles embed.FS

// templates holds one set per page, by the name of the page.
type templates map[string]*template.Template

// parseTemplates joins every page with the layout and the parts. The files are
// compiled in, so one that does not parse is a defect.
func parseTemplates() templates {
	set := templates{}
	pages, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		panic(err)
	}
	common := template.Must(template.New("layout").ParseFS(templateFiles, "templates/*.html"))
	for _, file := range pages {
		t := template.Must(template.Must(common.Clone()).ParseFS(templateFiles, file))
		set[strings.TrimSuffix(path.Base(file), ".html")] = t
	}
	return set
}

// frame is what stands around every page.
type frame struct {
	Title   string
	Company string
	Section string // of the navigation; "" is none of it
	reader
	Style  string
	Script string
	Reload int // seconds after which a browser without scripts asks again; 0: never
}

// page answers one request; its error becomes the error page.
type page func(w http.ResponseWriter, r *http.Request) error

func (s *Site) handle(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := p(w, r); err != nil {
			s.Fail(w, r, err)
		}
	})
}

// visit is one request with what every page needs to answer it.
type visit struct {
	*http.Request
	who      policy.Actor
	settings clientele.Settings
	*locale
}

func (s *Site) visit(r *http.Request) (visit, error) {
	settings, err := s.Book.Settings(r.Context())
	who, _ := policy.ActorOf(r.Context())
	return visit{r, who, settings, newLocale(r.Header.Get("Accept-Language"), settings)}, err
}

func (s *Site) frame(v visit, section, title string) frame {
	f := s.plainFrame(v.Request, title)
	f.Company, f.Section = v.settings.Name, section
	return f
}

func (s *Site) plainFrame(r *http.Request, title string) frame {
	return frame{Title: title, Style: s.Assets.Name("main.css"), Script: s.Assets.Name("main.ts"), reader: readerOf(r.Context())}
}

// show writes a page whole or not at all.
func (s *Site) show(w http.ResponseWriter, status int, name string, data any) error {
	text, err := s.written(name, data)
	if err == nil {
		s.send(w, status, text)
	}
	return err
}

// showKept shows a page as it was written last for the same reader, address and parts, or
// has it made: what many open is not written for each of them. Parts have to name all that
// make depends on.
func (s *Site) showKept(w http.ResponseWriter, v visit, name string, parts []any, make func() (any, error)) error {
	key, err := v.pageKey(parts)
	if err != nil {
		return err
	}
	text, ok := s.kept.Get(key)
	if !ok {
		data, err := make()
		if err != nil {
			return err
		}
		if text, err = s.written(name, data); err != nil {
			return err
		}
		s.kept.Add(key, text)
	}
	s.send(w, http.StatusOK, text)
	return nil
}

// mostPages is how many pages are kept as they were written.
const mostPages = 64

// pageKey names a page by who reads it, where, in which language, and what it is made of.
func (v visit) pageKey(parts []any) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%#v %q %q ", v.who, v.URL.RequestURI(), v.Header.Get("Accept-Language"))
	if err := json.NewEncoder(h).Encode(append(parts, v.settings)); err != nil {
		return "", clientele.Errorf(clientele.CodeInternal, "a page cannot be named").Because(err)
	}
	return string(h.Sum(nil)), nil
}

func (s *Site) written(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := s.templates[name].ExecuteTemplate(&b, "layout", data); err != nil {
		return nil, clientele.Errorf(clientele.CodeInternal, "the page cannot be written").Because(err)
	}
	return b.Bytes(), nil
}

func (s *Site) send(w http.ResponseWriter, status int, text []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept-Language")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write(text); err != nil {
		s.Log.Debug("the reader left before the page was written", "error", err)
	}
}

// errorPage says what happened and what to do next.
type errorPage struct {
	frame
	Problem httpd.Problem
}

// Fail answers a request with the error page, or leads to where somebody who is not known
// signs in, and to a page of theirs who may not see the first one.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	p := errorPage{s.plainFrame(r, "Something went wrong"), httpd.ProblemOf(r, err)}
	switch {
	case p.Problem.Status == http.StatusUnauthorized:
		leave(w, r, signInHref(r))
		return
	case p.Problem.Status == http.StatusForbidden && r.URL.Path == "/" && p.Home != "/":
		leave(w, r, p.Home)
		return
	}
	if settings, err := s.Book.Settings(r.Context()); err == nil {
		p.Company = settings.Name
	}
	if p.Problem.Status >= http.StatusInternalServerError {
		s.Log.ErrorContext(r.Context(), "a page failed", "path", r.URL.Path, "id", p.Problem.RequestID, "error", err)
	}
	if p.Problem.Status == http.StatusNotFound {
		p.Title = "Not found"
	}
	if err := s.show(w, p.Problem.Status, "error", p); err != nil {
		s.Log.ErrorContext(r.Context(), "the error page failed", "id", p.Problem.RequestID, "error", err)
		httpd.WriteProblem(w, r, err)
	}
}

func (s *Site) notFound(http.ResponseWriter, *http.Request) error {
	return clientele.Errorf(clientele.CodeNotFound, "There is no such page.").WithHint("Go back to the statement.")
}
