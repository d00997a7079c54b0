package config

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/clientele/clientele"
)

// Period is how long something is kept. The zero value is for good.
type Period struct {
	N    int
	Unit byte // y, m, d
}

// What [retention] names.
const (
	KeepCustomers = "customers" // since anything happened with them; then they are made anonymous
	KeepRejects   = "rejects"   // rejected rows, since their file was imported; then they are emptied
	KeepUploads   = "uploads"   // files that wait for their mapping; then they are removed
)

var keepable = []string{KeepCustomers, KeepRejects, KeepUploads}

var periodShape = regexp.MustCompile(`^([1-9][0-9]{0,3})([ymd])$`)

// ParsePeriod reads 10y, 6m, 90d or never.
func ParsePeriod(text string) (Period, error) {
	if text == "never" {
		return Period{}, nil
	}
	m := periodShape.FindStringSubmatch(text)
	if m == nil {
		return Period{}, fmt.Errorf("%q is no period: write 10y, 6m, 90d or never", text)
	}
	n, err := strconv.Atoi(m[1])
	return Period{n, m[2][0]}, err
}

// String is what ParsePeriod reads.
func (p Period) String() string {
	if p.N == 0 {
		return "never"
	}
	return strconv.Itoa(p.N) + string(p.Unit)
}

// Before is the time before which what is kept so long is past it; ok is false if it is
// kept for good.
func (p Period) Before(now time.Time) (at time.Time, ok bool) {
	switch p.Unit {
	case 'y':
		return now.AddDate(-p.N, 0, 0), true
	case 'm':
		return now.AddDate(0, -p.N, 0), true
	case 'd':
		return now.AddDate(0, 0, -p.N), true
	}
	return at, false
}

// Retention reads how long what is kept from a settings file, by the names of [retention].
// What it does not name is not in it. Errors are those of Load.
func Retention(path string) (map[string]Period, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeInvalid, "the settings cannot be read").Because(err)
	}
	var f file
	if err := toml.NewDecoder(bytes.NewReader(text)).Decode(&f); err != nil {
		return nil, decodeError(path, err)
	}
	return f.Retention.periods(path, text)
}

// retention is the table as written.
type retention map[string]string

func (r retention) periods(path string, text []byte) (map[string]Period, error) {
	periods := map[string]Period{}
	for name, written := range r {
		at := clientele.Position{File: path, Line: lineOf(text, "retention."+name)}
		if !slices.Contains(keepable, name) {
			e := clientele.Errorf(clientele.CodeInvalid, "there is no setting %q", "retention."+name).
				WithHint("Periods are set for %s.", strings.Join(keepable, ", "))
			e.At = at
			return nil, e
		}
		p, err := ParsePeriod(written)
		if err != nil {
			e := clientele.Errorf(clientele.CodeInvalid, "retention.%s: %v", name, err)
			e.At = at
			return nil, e
		}
		periods[name] = p
	}
	return periods, nil
}
