package ui

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/work"
)

// jobPage is a piece of work: how far it is, or how it ended.
type jobPage struct {
	frame
	Heading    string
	Self       string // address to ask again
	Running    bool
	Step, Rows string
	Fraction   string // 0 to 1, "" while it cannot be told
	Cancelled  bool
	Cancel     string
	Failure    *clientele.Error
	Retry      string // where a failed or cancelled job can be tried anew
	RetryWords string
	Load       string // where a file that is kept can be loaded; in place of Retry
	Report     *importReport
	Told       string // to whom what became of it is told, where that is not the reader
}

// importReport is what became of a file.
type importReport struct {
	Name, State string
	Unchanged   bool
	Counts      []fact
	Rejected    bool
	Rejects     []rejectRow
	Href        string // of all rejects
	Warnings    []ingest.Problem
	Days        string
}

// jobHref is the page of a job; next is where it leads once it is done.
func jobHref(id, next string) string {
	href := "/jobs/" + url.PathEscape(id)
	if next != "" {
		href += "?" + url.Values{"next": {next}}.Encode()
	}
	return href
}

// nextOf reads where to go after a job: a page of this site, or the statement.
func nextOf(r *http.Request) string { return ownPath(r.URL.Query().Get("next"), "/") }

// waitingFor is what the kinds of work that lead to a page are called there.
var waitingFor = map[string]struct{ section, words string }{
	jobStatement: {"statement", "Computing the statement"}, jobModel: {"model", "Fitting and checking the model"}, jobCompare: {"model", "Comparing the models"},
	jobDefinition: {"definitions", "Computing past quarters by both versions"}, jobGoals: {"goals", "Computing what came of the goals"},
	jobMeasures:  {"measures", "Counting what is measured"},
	jobPaths:     {"journeys", "Following customers from step to step"},
	jobThemes:    {"themes", "Reading what customers wrote"},
	jobContracts: {"contracts", "Counting contracts and fitting renewals"},
	jobRestate:   {"closes", "Comparing the close with the records as they are now"},
}

func (s *Site) job(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	j, err := s.Jobs.Job(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if j.Kind != jobImport && j.State == store.JobDone {
		leave(w, r, nextOf(r))
		return nil
	}
	p := jobPage{frame: s.frame(v, "", "Working"), Self: r.URL.RequestURI(), Cancel: v.hrefFor(policy.RunJobs, "/jobs/"+url.PathEscape(j.ID)+"/cancel")}
	asked := work.Import{Name: "a file"}
	switch {
	case j.Kind == jobImport && j.Payload == nil: // not for this reader
		p.Section, p.Heading = "data", "Importing a file"
	case j.Kind == jobImport:
		if err := json.Unmarshal(j.Payload, &asked); err != nil {
			return err
		}
		p.Section, p.Heading = "data", "Importing "+asked.Name
		p.Retry, p.RetryWords = mappingHref(asked), "Correct how it is read"
	default:
		at := waitingFor[j.Kind]
		p.Section, p.Heading = at.section, at.words
		p.Retry, p.RetryWords = nextOf(r), "Try again"
	}
	if err := s.fillJob(v, &p, j, asked); err != nil {
		return err
	}
	p.Title = p.Heading
	return s.show(w, http.StatusOK, "job", p)
}

// fillJob tells how far the job is, or how it ended.
func (s *Site) fillJob(v visit, p *jobPage, j store.Job, asked work.Import) error {
	switch j.State {
	case store.JobDone:
		if j.Result == nil {
			p.Heading, p.Told = "The work is done", v.ask(policy.ImportData)
			return nil
		}
		var report ingest.FileReport
		if err := json.Unmarshal(j.Result, &report); err != nil {
			return err
		}
		p.Heading, p.Report = importHeading(report), v.importReport(report)
		return s.uploads.Discard(asked.Token)
	case store.JobFailed:
		p.Heading, p.Failure = "This did not work", j.Failure()
		if p.Failure.Code == clientele.CodeNotLoaded {
			p.Heading, p.Load = asked.Name+" is kept, and not loaded yet", v.hrefFor(policy.RunJobs, "/jobs/"+url.PathEscape(j.ID)+"/again")
		}
	case store.JobCancelled:
		p.Heading, p.Cancelled = "Stopped", true
	default:
		p.Running, p.Reload, p.Step = true, 2, capital(j.Progress.Step)
		if j.Progress.Fraction >= 0 {
			p.Fraction = fmt.Sprintf("%.3f", j.Progress.Fraction)
		}
		if j.Progress.Rows > 0 {
			p.Rows = v.int(j.Progress.Rows) + " rows"
		}
	}
	return nil
}

// leave goes on to another page, for browsers and for htmx, which would
// otherwise put that page into this one.
func leave(w http.ResponseWriter, r *http.Request, next string) {
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", next)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func importHeading(f ingest.FileReport) string {
	switch f.State {
	case ingest.StateUnchanged:
		return f.Name + " was in the book already"
	case ingest.StateKept:
		return f.Name + " is kept, and not loaded yet"
	}
	return f.Name + " is in the book"
}

func (v visit) importReport(f ingest.FileReport) *importReport {
	r := &importReport{
		Name: f.Name, State: string(f.State), Unchanged: f.State == ingest.StateUnchanged, Rejected: f.Rejected > 0,
		Href: importHref(f.Sequence), Warnings: f.Warnings,
		Counts: []fact{
			{"rows read", v.int(f.Read)}, {"loaded", v.int(f.Loaded)}, {"replaced an earlier version", v.int(f.Updated)},
			{"held already", v.int(f.Duplicate)}, {"rejected", v.int(f.Rejected)},
		},
	}
	if f.FirstDay != nil && f.LastDay != nil {
		r.Days = v.date(*f.FirstDay) + " to " + v.date(*f.LastDay)
	}
	for _, x := range f.Rejects[:min(len(f.Rejects), previewRows)] {
		r.Rejects = append(r.Rejects, v.rejectRow(x))
	}
	return r
}

// repeatJob does the work of a job once more: an import loads what waits first.
func (s *Site) repeatJob(w http.ResponseWriter, r *http.Request) error {
	j, err := s.Jobs.Again(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, jobHref(j.ID, ""), http.StatusSeeOther)
	return nil
}

func (s *Site) cancelJob(w http.ResponseWriter, r *http.Request) error {
	j, err := s.Jobs.Cancel(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, jobHref(j.ID, ""), http.StatusSeeOther)
	return nil
}
