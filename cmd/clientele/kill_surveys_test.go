package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/survey"
)

// surveyKills are those of a common run; make soak repeats it to two hundred.
const surveyKills = 20

// Issue 6, must hold 4: a server is killed at random moments while customers answer. After all
// kills every answer that was thanked for is there, once, and is a record or waits to be one.
func TestKilledServerLosesNoAnswer(t *testing.T) {
	dir := t.TempDir()
	book := filepath.Join(dir, "book")
	n := surveyKills
	if testing.Short() {
		n = 3
	}
	keys := surveyedBook(t, dir, book, n)
	var thanked sync.Map // secrets of links
	next := make(chan string, len(keys))
	for _, key := range keys {
		next <- key
	}
	killOften(t, book, n, 2, func(ctx context.Context, at string, _, _ int) { respond(ctx, at, next, &thanked) })
	expectAnswers(t, book, n, &thanked)
}

// surveyedBook makes a book whose customers are asked, and returns the secrets of their links.
func surveyedBook(t *testing.T, dir, book string, kills int) (keys []string) {
	t.Helper()
	var customers strings.Builder
	customers.WriteString("customer,region\n")
	for i := range min(20_000, 1000*kills) {
		fmt.Fprintf(&customers, "c%d,r%d\n", i, i%7)
	}
	file, asked := filepath.Join(dir, "customers.csv"), filepath.Join(dir, "survey.yaml")
	for path, text := range map[string]string{
		file: customers.String(), asked: "survey: Kept\nquestions:\n  - {id: q, kind: nps, text: \"Q\"}\n  - {id: w, kind: text, text: \"W\"}\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mustRun(t, "init", book)
	mustRun(t, "import", book, file, "--as", "customers")
	mustRun(t, "survey", book, "create", asked)
	rows, err := csv.NewReader(strings.NewReader(mustRun(t, "survey", book, "send", "Kept", "--origin", "http://localhost").stdout)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		keys = append(keys, row[1][strings.LastIndex(row[1], "/")+1:])
	}
	return keys
}

// respond answers link by link until the server does not answer any more.
func respond(ctx context.Context, at string, next chan string, thanked *sync.Map) {
	for key := range next {
		for step, form := range []url.Values{{"answer": {"9"}}, {"text": {"of " + key}}} {
			to, ok := sendForm(ctx, fmt.Sprintf("%s/s/%s/%d", at, key, step+1), form)
			if !ok {
				return
			}
			if strings.HasSuffix(to, "/done") {
				thanked.Store(key, true)
			}
		}
	}
}

// sendForm posts, and says where the answer leads; ok is false if there was none, or another.
func sendForm(ctx context.Context, to string, form url.Values) (leads string, ok bool) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return "", false
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		return "", false
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.Header.Get("Location"), err == nil && answer.StatusCode == http.StatusSeeOther
}

// expectAnswers looks for every answer that was thanked for: its text in the results of the survey,
// and its record landed or waiting.
func expectAnswers(t *testing.T, book string, kills int, thanked *sync.Map) {
	t.Helper()
	b, err := app.Open(t.Context(), book, app.Watcher{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}()
	v, err := b.Surveys.Find(t.Context(), "kept")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := b.Store.AnswerTexts(t.Context(), v.ID, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]int{}
	for _, text := range texts {
		there[strings.TrimPrefix(text.Value, "of ")]++
	}
	n := 0
	thanked.Range(func(key, _ any) bool {
		n++
		if there[key.(string)] != 1 {
			t.Errorf("an answer that was thanked for is there %d times", there[key.(string)])
		}
		return true
	})
	r, err := b.Surveys.Results(t.Context(), v.ID)
	if err != nil || r.Answered != int64(len(texts)) || r.Questions[0].N != r.Answered {
		t.Errorf("%d have answered, %d to the first question, %d texts are there (%v)", r.Answered, r.Questions[0].N, len(texts), err)
	}
	if records := recordsOf(t, b); records != r.Answered {
		t.Errorf("%d records for %d answers", records, r.Answered)
	}
	t.Logf("%d kills: %d answers thanked for, %d there", kills, n, len(texts))
	if n < kills {
		t.Error("that is too few to tell anything")
	}
}

// recordsOf counts the records of surveys: landed, or waiting.
func recordsOf(t *testing.T, b *app.Book) (n int64) {
	t.Helper()
	waiting, err := b.Store.WaitingEvents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	imports, err := b.Imports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range imports {
		if i.Source == survey.Source {
			n += i.Rows
		}
	}
	return n + waiting
}
