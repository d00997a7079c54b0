package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele/bench/internal/process"
	"github.com/clientele/clientele/internal/journey"
)

// The canvases that are edited, by their touchpoints, and how much longer the large one may
// take to answer.
const (
	smallCanvas, largeCanvas = 20, 200
	canvasLimit              = 3.0
	canvasEdits              = 40 // of each canvas in a round
)

// canvasRow is one kind of edit: what an answer takes on the small canvas and on the large.
type canvasRow struct {
	what    string
	limited bool
	wall    [2]time.Duration // median
	cpu     [2]time.Duration // of the server, mean
}

func (r canvasRow) ratio() float64 { return float64(r.cpu[1]) / float64(r.cpu[0]) }

// canvases has a server answer edits of two canvases, alternately.
func (p programs) canvases(ctx context.Context, dir string, rounds int) ([]canvasRow, error) {
	book, file := filepath.Join(dir, "canvas"), filepath.Join(dir, "journeys.yaml")
	text, err := journey.Document{Journeys: []journey.Text{drawnJourney("Small", smallCanvas), drawnJourney("Large", largeCanvas)}}.Format()
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		return nil, err
	}
	for _, args := range [][]string{{"init", book}, {"journey", book, "apply", file}} {
		if _, _, err := run(ctx, p.clientele, args...); err != nil {
			return nil, err
		}
	}
	base, pid, stop, err := process.Served(ctx, p.clientele, "serve", book, "--listen", "localhost:0")
	if err != nil {
		return nil, err
	}
	defer stop()
	s := canvasServer{base, pid}
	edited, err := s.edited()
	if err != nil {
		return nil, err
	}
	rows := []canvasRow{{what: "moved where it stands", limited: true}, {what: "said otherwise, on its own page", limited: true}, {what: "moved without scripts, the canvas sent anew", limited: true}}
	for i, edit := range []func(*touchpoint, int) error{s.moveInPlace, s.sayOtherwise, s.moveAndRead} {
		if err := s.measure(&rows[i], rounds, edited, edit); err != nil {
			return nil, fmt.Errorf("%s: %w", rows[i].what, err)
		}
	}
	return rows, nil
}

// drawnJourney is a journey of so many touchpoints, ten a stage, on which everything is said.
func drawnJourney(name string, touchpoints int) journey.Text {
	j := journey.Text{Name: name}
	for i := range touchpoints {
		if i%10 == 0 {
			j.Stages = append(j.Stages, journey.StageText{Name: fmt.Sprintf("Stage %d", i/10+1)})
		}
		s := &j.Stages[len(j.Stages)-1]
		s.Touchpoints = append(s.Touchpoints, journey.TouchpointText{
			Name: fmt.Sprintf("%s touchpoint %d", name, i+1), Owner: "Olive Owner", Customers: "They look for what fits, mostly on a phone and in the evening.",
			Promise: "It is answered on the same day.", Standard: "95 of 100, measured daily.", Problems: []string{"slow", "wrong", "asked twice"},
			Voices: "“I could not tell whether it fits.”", Actions: "Sizes with a drawing, by March.",
		})
	}
	return j
}

// canvasServer is a server whose canvases are edited.
type canvasServer struct {
	base string
	pid  int
}

// touchpoint is one that is edited again and again.
type touchpoint struct {
	ID      string
	Version int64
	canvas  string
}

// edited are a touchpoint in the middle of each canvas, the small one first.
func (s *canvasServer) edited() (both [2]touchpoint, err error) {
	var all struct{ Items []struct{ ID, Name string } }
	if err := s.read("/api/v1/journeys", &all); err != nil {
		return both, err
	}
	for _, j := range all.Items {
		var whole struct {
			Stages []struct{ Touchpoints []touchpoint }
		}
		if err := s.read("/api/v1/journeys/"+j.ID, &whole); err != nil {
			return both, err
		}
		i := slices.Index([]string{"Small", "Large"}, j.Name)
		both[i] = whole.Stages[1].Touchpoints[4]
		both[i].canvas = "/journeys/" + j.ID
	}
	return both, nil
}

func (s *canvasServer) read(path string, into any) error {
	text, err := s.get(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func (s *canvasServer) get(path string) ([]byte, error) {
	answer, err := http.Get(s.base + path) //nolint:gosec,noctx // of a server that this program started
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("%s: %s", path, answer.Status))
	}
	return text, errors.Join(err, answer.Body.Close())
}

// send sends a form; what it leads to is read as well, unless the browser stays where it is.
func (s *canvasServer) send(path string, form url.Values, stays bool) error {
	r, err := http.NewRequest(http.MethodPost, s.base+path, strings.NewReader(form.Encode())) //nolint:noctx // as above
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if stays {
		r.Header.Set("Accept", "application/json")
	}
	answer, err := http.DefaultClient.Do(r) //nolint:gosec // as above
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	if answer.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("%s: %s", path, answer.Status))
	}
	return errors.Join(err, answer.Body.Close())
}

func (s *canvasServer) move(t *touchpoint, n int, stays bool) error {
	form := url.Values{"version": {strconv.FormatInt(t.Version, 10)}, "to": {[]string{"later", "earlier"}[n%2]}}
	t.Version++
	return s.send("/touchpoints/"+t.ID+"/move", form, stays)
}

func (s *canvasServer) moveInPlace(t *touchpoint, n int) error { return s.move(t, n, true) }

func (s *canvasServer) moveAndRead(t *touchpoint, n int) error { return s.move(t, n, false) }

func (s *canvasServer) sayOtherwise(t *touchpoint, n int) error {
	form := url.Values{"version": {strconv.FormatInt(t.Version, 10)}, "promise": {fmt.Sprint("promise ", n)}}
	t.Version++
	return s.send("/touchpoints/"+t.ID+"/notes", form, false)
}

// measure makes edits of both canvases, the first to begin changing from round to round.
func (s *canvasServer) measure(row *canvasRow, rounds int, both [2]touchpoint, edit func(*touchpoint, int) error) error {
	for i := range both { // as earlier kinds of edit left it
		if err := s.read("/api/v1/touchpoints/"+both[i].ID, &both[i]); err != nil {
			return err
		}
	}
	var walls [2][]time.Duration
	for round := range rounds {
		for turn := range 2 {
			who := (round + turn) % 2
			before, err := process.CPU(s.pid)
			if err != nil {
				return err
			}
			for n := range canvasEdits {
				start := time.Now()
				if err := edit(&both[who], n); err != nil {
					return err
				}
				walls[who] = append(walls[who], time.Since(start))
			}
			after, err := process.CPU(s.pid)
			if err != nil {
				return err
			}
			row.cpu[who] += (after - before) / time.Duration(rounds*canvasEdits)
		}
	}
	for who, all := range walls {
		slices.Sort(all)
		row.wall[who] = all[len(all)/2]
	}
	return nil
}

func canvasTable(rows []canvasRow) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| edit of a touchpoint | wall ms, canvas of %d | of %d | ratio | CPU ms | | ratio | limit | |\n", smallCanvas, largeCanvas)
	b.WriteString("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n")
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	for _, r := range rows {
		limit, verdict := "–", "no limit"
		if r.limited {
			limit, verdict = fmt.Sprintf("%.1f", canvasLimit), "holds"
			if r.ratio() > canvasLimit {
				verdict = "MISSED"
			}
		}
		fmt.Fprintf(&b, "| %s | %.1f | %.1f | %.2f | %.2f | %.2f | **%.2f** | %s | %s |\n", r.what, ms(r.wall[0]), ms(r.wall[1]),
			float64(r.wall[1])/float64(r.wall[0]), ms(r.cpu[0]), ms(r.cpu[1]), r.ratio(), limit, verdict)
	}
	return b.String()
}

// judgeCanvases returns an error if the large canvas took too long.
func judgeCanvases(rows []canvasRow) error {
	var errs []error
	for _, r := range rows {
		if r.limited && r.ratio() > canvasLimit {
			errs = append(errs, fmt.Errorf("%s: a canvas of %d took %.2f times what one of %d took", r.what, largeCanvas, r.ratio(), smallCanvas))
		}
	}
	return errors.Join(errs...)
}
