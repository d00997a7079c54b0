package closing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/store"
)

// Progress is told the step at hand and how much of the whole is done, 0 to 1.
type Progress func(step string, fraction float64)

// Book is what a close needs to know of the book beside its records.
type Book interface {
	Settings(ctx context.Context) (clientele.Settings, error)
}

// Statements makes the statements that are closed, and compared with closed ones.
type Statements interface {
	// Read begins the reading of what a close holds. The caller closes it.
	Read() Reading
	// Exact is what the records now say exactly of a period by given settings: no worth.
	Exact(ctx context.Context, p clientele.Period, by clientele.Settings) (clientele.Statement, error)
}

// Models keeps the model runs behind statements.
type Models interface {
	// DataVersion names the state of the records.
	DataVersion(ctx context.Context) (string, error)
	// RunAsOf is the model run as of a day.
	RunAsOf(ctx context.Context, day clientele.Date) (*modelling.Run, error)
}

// Reading makes what a close holds: all of it costs less together.
type Reading interface {
	// Whole is the statement of a period, worth and data included. CodeUnbalanced if a
	// movement does not balance. Progress may be nil.
	Whole(ctx context.Context, p clientele.Period, progress Progress) (clientele.Statement, error)
	// Movements explain how equity got from the opening of a period to its closing, by each
	// horizon.
	Movements(ctx context.Context, p clientele.Period, horizons []clientele.Horizon) ([]clientele.EquityMovement, error)
	Close()
}

// Files lists the accepted files.
type Files interface {
	List() ([]ingest.Entry, error)
}

// Parts are what the service works with.
type Parts struct {
	Closes     store.Closes
	Cache      store.Cache // of restatements
	Book       Book
	Statements Statements
	Models     Models
	Files      Files
	// Replaced are the files that took the place of others when people were erased, by the
	// hash of the old one; nil: there are none.
	Replaced func(ctx context.Context) (map[string][]string, error)
	Program  string           // version of the running program
	Now      func() time.Time // nil: the clock
}

// Service closes the periods of one book. Its methods may be called from several goroutines.
type Service struct{ parts Parts }

// New makes the service.
func New(p Parts) *Service {
	if p.Now == nil {
		p.Now = time.Now
	}
	return &Service{p}
}

// Closes returns every close by number. CodeInvalid, with the number of the first that
// is not as it was closed, if one has changed.
func (s *Service) Closes(ctx context.Context) ([]clientele.Close, error) {
	kept, err := s.parts.Closes.Closes(ctx)
	if err != nil {
		return nil, err
	}
	closes := make([]clientele.Close, 0, len(kept))
	for _, k := range kept {
		c, err := unseal(k.Text)
		if err != nil {
			return nil, clientele.Errorf(clientele.CodeInvalid, "%s is damaged", nameOf(k)).
				WithHint("See all that is not sound with clientele verify, and restore the book from a backup.").Because(err)
		}
		closes = append(closes, c)
	}
	return closes, nil
}

// Closed returns the close of a period by its name. CodeNotFound if it is not closed.
func (s *Service) Closed(ctx context.Context, period string) (clientele.Close, error) {
	closes, err := s.Closes(ctx)
	if err != nil {
		return clientele.Close{}, err
	}
	name := strings.TrimPrefix(strings.ToUpper(period), "FY")
	for _, c := range closes {
		if c.Period == name {
			return c, nil
		}
	}
	return clientele.Close{}, clientele.Errorf(clientele.CodeNotFound, "%s is not closed", period).
		WithHint("See what is closed with clientele closes, or close it with clientele close.")
}

// ClosedOn returns the last close of a period that ends on a day; ok is false if there is
// none. Errors are those of Closes.
func (s *Service) ClosedOn(ctx context.Context, day clientele.Date) (c clientele.Close, ok bool, err error) {
	closes, err := s.Closes(ctx)
	for _, candidate := range closes {
		if candidate.To == day {
			c, ok = candidate, true
		}
	}
	return c, ok, err
}

func nameOf(k store.KeptClose) string { return fmt.Sprintf("close %d (%s)", k.Number, k.Period) }
