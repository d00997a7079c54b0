package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clientele/clientele/bench/internal/process"
	"github.com/clientele/clientele/bench/internal/stream"
)

// What is promised of a server of surveys: so many answers a second, of which the slowest
// hundredth takes at most so many times as long as that of a page which is served as it is.
const (
	answersASecond = 50
	surveyLimit    = 5.0
	surveyFor      = time.Minute
)

const benchedSurvey = `survey: Bench
touchpoint: Bench
ask: {who: customers}
questions:
  - {id: recommend, kind: nps, text: "Would you recommend us?"}
  - {id: why, kind: text, text: "Why?"}
`

// surveyed is how respondents were answered.
type surveyed struct {
	screens, replies, sent, static stream.Stream
	kept                           atomic.Int64 // that were thanked for
}

// benchSurvey has respondents answer, fifty a second: each opens the link, sends the first
// screen and then the last, which is acknowledged once it is on the disk. Beside them a page of the
// same size is asked for as often from a server that does nothing else.
func benchSurvey(ctx context.Context, dir string) error {
	dir, err := os.MkdirTemp(dir, "clientele-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, book := filepath.Join(dir, "clientele"), filepath.Join(dir, "book")
	n := int(surveyFor.Seconds()) * answersASecond
	if err := surveyedBook(ctx, dir, program, book, n); err != nil {
		return err
	}
	at, _, stop, err := process.Served(ctx, program, "serve", book, "--listen", "localhost:0")
	if err != nil {
		return err
	}
	defer stop()
	keys, err := benchedLinks(ctx, program, book, at)
	if err != nil {
		return err
	}
	page := filepath.Join(dir, "page.html")
	got, text, err := asking(ctx, at+"/s/"+keys[0], nil)
	if err != nil || got != http.StatusOK {
		return fmt.Errorf("the first screen: %d %w", got, err)
	}
	if err := os.WriteFile(page, text, 0o600); err != nil {
		return err
	}
	peer, _, end, err := process.Served(ctx, os.Args[0], "static", page)
	if err != nil {
		return err
	}
	defer end()
	var s surveyed
	s.run(ctx, at, peer, keys)
	there, err := answeredThere(ctx, at)
	if err != nil {
		return err
	}
	fmt.Print(s.table(len(text), there))
	return s.judge(there)
}

// surveyedBook builds the program, and a book of so many customers who can be asked.
func surveyedBook(ctx context.Context, dir, program, book string, n int) error {
	var customers strings.Builder
	customers.WriteString("customer,region\n")
	for i := range n {
		fmt.Fprintf(&customers, "c%05d,r%d\n", i, i%5)
	}
	file, asked := filepath.Join(dir, "customers.csv"), filepath.Join(dir, "survey.yaml")
	if err := errors.Join(os.WriteFile(file, []byte(customers.String()), 0o600), os.WriteFile(asked, []byte(benchedSurvey), 0o600)); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"go", "build", "-buildvcs=false", "-o", program, "./cmd/clientele"}, {program, "init", book}, {program, "import", book, file, "--as", "customers"}, {program, "survey", book, "create", asked},
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}

// benchedLinks sends the survey, and returns the secrets of its links.
func benchedLinks(ctx context.Context, program, book, at string) (keys []string, err error) {
	out, err := exec.CommandContext(ctx, program, "survey", book, "send", "Bench", "--origin", at).Output()
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
	for _, row := range rows[min(1, len(rows)):] {
		keys = append(keys, row[1][strings.LastIndex(row[1], "/")+1:])
	}
	if len(keys) == 0 {
		err = errors.Join(err, errors.New("nobody was asked"))
	}
	return keys, err
}

// asking asks for a page, or sends a form.
func asking(ctx context.Context, to string, form url.Values) (status int, text []byte, err error) {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, to, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return stream.Do(r)
}

// run has every respondent open the link, answer, and answer the last a second later each.
func (s *surveyed) run(ctx context.Context, at, peer string, keys []string) {
	ctx, stop := context.WithTimeout(ctx, surveyFor-5*time.Second)
	defer stop()
	all := context.WithoutCancel(ctx) // who began is answered
	want := func(wanted int, to func(n int) string, form func(n int) url.Values) func(int) (bool, int, error) {
		return func(n int) (bool, int, error) {
			status, _, err := asking(all, to(n), form(n))
			return status == wanted, status, err
		}
	}
	link := func(step string) func(int) string { return func(n int) string { return at + "/s/" + keys[n] + step } }
	nothing := func(int) url.Values { return nil }
	last := want(http.StatusSeeOther, link("/2"), func(n int) url.Values { return url.Values{"text": {fmt.Sprintf("Because of %d", n)}} })
	var group sync.WaitGroup
	group.Go(func() {
		s.static.At(ctx, answersASecond, want(http.StatusOK, func(int) string { return peer + "/" }, nothing))
	})
	group.Go(func() { s.screens.At(ctx, answersASecond, want(http.StatusOK, link(""), nothing)) })
	group.Go(func() {
		s.replies.At(ctx, answersASecond, want(http.StatusSeeOther, link("/1"), func(n int) url.Values { return url.Values{"answer": {fmt.Sprint(n % 11)}} }))
	})
	group.Go(func() {
		time.Sleep(time.Second)
		s.sent.At(ctx, answersASecond, func(n int) (bool, int, error) {
			ok, status, err := last(n)
			if ok {
				s.kept.Add(1)
			}
			return ok, status, err
		})
	})
	group.Wait()
}

// answeredThere is how many answers the server has.
func answeredThere(ctx context.Context, at string) (int64, error) {
	_, text, err := asking(ctx, at+"/api/v1/surveys/bench/results", nil)
	if err != nil {
		return 0, err
	}
	var r struct{ Answered int64 }
	return r.Answered, json.Unmarshal(text, &r)
}

func (s *surveyed) ratio() float64 {
	return float64(s.sent.Quantile(.99)) / float64(s.static.Quantile(.99))
}

func (s *surveyed) table(size int, there int64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "a screen has %d bytes\n\n| asked | a second | requests | median ms | 99 %% ms | not as wanted |\n| --- | ---: | ---: | ---: | ---: | --- |\n", size)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	for _, r := range []struct {
		name string
		of   *stream.Stream
	}{{"screens", &s.screens}, {"answers to the first question", &s.replies}, {"last answers", &s.sent}, {"a page as it is", &s.static}} {
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f | %.1f | %v |\n", r.name, answersASecond, r.of.N(), ms(r.of.Quantile(.5)), ms(r.of.Quantile(.99)), r.of.Failed)
	}
	fmt.Fprintf(&b, "\n99 %% of last answers: %.1f × that of the page as it is (limit %.0f); thanked for %d, there are %d\n", s.ratio(), surveyLimit, s.kept.Load(), there)
	return b.String()
}

func (s *surveyed) judge(there int64) (err error) {
	if there != s.kept.Load() || there == 0 || s.sent.Failed != nil {
		err = fmt.Errorf("%d answers were thanked for, and there are %d; others: %v", s.kept.Load(), there, s.sent.Failed)
	}
	if s.ratio() > surveyLimit {
		err = errors.Join(err, fmt.Errorf("99 %% of answers took %.1f times that of a page as it is", s.ratio()))
	}
	return err
}
