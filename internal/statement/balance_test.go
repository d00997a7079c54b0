package statement_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/warehouse"
)

// broken is a warehouse whose movement does not balance.
type broken struct{ warehouse.Warehouse }

func (broken) Loaded(context.Context) ([]warehouse.LoadedBatch, error) { return nil, nil }

func (broken) Movement(context.Context, warehouse.MovementQuery) (warehouse.Movements, error) {
	return warehouse.Movements{Total: clientele.Movement{Heads: clientele.Heads{Opening: 5, New: 2, Lost: 1, Closing: 7}}}, nil
}

func (broken) Explain(_ context.Context, q warehouse.ExplainQuery) (warehouse.Explanation, error) {
	if q.Line != "customers.new" {
		return warehouse.Explanation{}, nil
	}
	return warehouse.Explanation{Rows: []warehouse.ExplainRow{{Customer: "17850", Day: new(clientele.MustDate("2026-08-01")), Heads: 1}}}, nil
}

type book struct{}

func (book) Settings(context.Context) (clientele.Settings, error) {
	return clientele.DefaultSettings(), nil
}

func (book) Imports(context.Context) ([]clientele.ImportRef, error) { return nil, nil }
func (book) ContractWorth(context.Context, clientele.Date) (*clientele.ContractEquity, string, error) {
	return nil, "", nil
}

func (book) ClosedOn(context.Context, clientele.Date) (clientele.Close, bool, error) {
	return clientele.Close{}, false, nil
}

type forgetful struct{}

func (forgetful) Get(context.Context, string) ([]byte, bool, error) { return nil, false, nil }

func (forgetful) Put(context.Context, string, []byte) error { return nil }

func (forgetful) Decide(context.Context, string, []byte, time.Time) error { return nil }

func (forgetful) Decided(context.Context, string) ([]byte, bool, error) { return nil, false, nil }

// moving is a warehouse to which a batch comes while it is read first.
type moving struct {
	broken
	read *int
}

func (m moving) Loaded(context.Context) ([]warehouse.LoadedBatch, error) {
	return make([]warehouse.LoadedBatch, *m.read), nil
}

func (m moving) Movement(ctx context.Context, q warehouse.MovementQuery) (warehouse.Movements, error) {
	if *m.read == 0 {
		*m.read++
		return m.broken.Movement(ctx, q)
	}
	return warehouse.Movements{}, clientele.Errorf(clientele.CodeConflict, "read again")
}

func TestWhatWasReadWhileABatchCameIsReadAgain(t *testing.T) {
	w := moving{read: new(int)}
	s := statement.New(w, modelling.New(w, forgetful{}, forgetful{}, "test"), book{}, forgetful{}, "test")
	p := clientele.Period{From: clientele.MustDate("2026-07-01"), To: clientele.MustDate("2026-09-30")}
	if _, err := s.Statement(context.Background(), statement.Request{Period: p}, nil); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("of two states of the records: %v", err)
	}
}

func TestWhatDoesNotBalanceIsNotPublished(t *testing.T) {
	s := statement.New(broken{}, modelling.New(broken{}, forgetful{}, forgetful{}, "test"), book{}, forgetful{}, "test")
	p := clientele.Period{From: clientele.MustDate("2026-07-01"), To: clientele.MustDate("2026-09-30")}
	_, err := s.Statement(context.Background(), statement.Request{Period: p}, nil)
	if clientele.CodeOf(err) != clientele.CodeUnbalanced || clientele.HintOf(err) == "" {
		t.Fatalf("%v", err)
	}
	var e *clientele.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is not an error for people", err)
	}
	if len(e.Rows) != 1 || !strings.Contains(e.Rows[0], "17850") || !strings.Contains(e.Rows[0], "2026-08-01") {
		t.Errorf("rows %q", e.Rows)
	}
	if !strings.Contains(e.Message, "6 is not 7") {
		t.Errorf("message %q", e.Message)
	}
}
