package access

import (
	"cmp"
	"context"
	"iter"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/warehouse"
)

// Book guards what a book says of itself.
type Book struct{ parts *Parts }

// Settings are what every page is written by: name, currency, time zone, definition.
func (g Book) Settings(ctx context.Context) (s clientele.Settings, err error) {
	if _, err := policy.Require(ctx, policy.Anyone); err != nil {
		return s, err
	}
	return g.parts.Book.Settings(ctx)
}

// Imports lists the accepted files.
func (g Book) Imports(ctx context.Context) ([]clientele.ImportRef, error) {
	if _, err := policy.Require(ctx, policy.ReadData); err != nil {
		return nil, err
	}
	return g.parts.Book.Imports(ctx)
}

// Importer guards ingest.Importer.
type Importer struct{ parts *Parts }

// Inspect says how a file would be read.
func (g Importer) Inspect(ctx context.Context, path string, r ingest.Request) (in ingest.Inspection, err error) {
	if _, err := policy.Require(ctx, policy.ImportData); err != nil {
		return in, err
	}
	return g.parts.Importer.Inspect(ctx, path, r)
}

// Preview reads the first rows of a file as they would be loaded.
func (g Importer) Preview(ctx context.Context, path string, r ingest.Request, n int) ([]map[string]*string, error) {
	if _, err := policy.Require(ctx, policy.ImportData); err != nil {
		return nil, err
	}
	return g.parts.Importer.Preview(ctx, path, r, n)
}

// Import takes a file in, and records it before that is acknowledged.
func (g Importer) Import(ctx context.Context, path string, r ingest.Request) (f ingest.FileReport, err error) {
	if _, err := policy.Require(ctx, policy.ImportData); err != nil {
		return f, err
	}
	if f, err = g.parts.Importer.Import(ctx, path, r); err != nil || f.DryRun {
		return f, err
	}
	return f, g.parts.Log.Record(ctx, "file.imported", importName(f.Sequence), nil, map[string]any{
		"name": f.Name, "sha256": f.SHA256, "kind": f.Kind, "source": f.Source, "state": f.State, "read": f.Read, "rejected": f.Rejected,
	})
}

func importName(sequence int64) string { return "import/" + strconv.FormatInt(sequence, 10) }

// Records guards the book's warehouse.
type Records struct{ parts *Parts }

// Loaded lists the batches that the records hold.
func (g Records) Loaded(ctx context.Context) ([]warehouse.LoadedBatch, error) {
	if _, err := policy.Require(ctx, policy.ReadData); err != nil {
		return nil, err
	}
	return g.parts.Records.Loaded(ctx)
}

// Rejects streams the rejected rows of a batch, to be looked at.
func (g Records) Rejects(ctx context.Context, batchID string) iter.Seq2[warehouse.Reject, error] {
	if _, err := policy.Require(ctx, policy.ReadRejects); err != nil {
		return refused(err)
	}
	return g.parts.Records.Rejects(ctx, batchID)
}

// ExportRejects streams them to be taken away, which is recorded first.
func (g Records) ExportRejects(ctx context.Context, sequence int64, batchID string) iter.Seq2[warehouse.Reject, error] {
	if _, err := policy.Require(ctx, policy.ReadRejects); err != nil {
		return refused(err)
	}
	if err := g.parts.Log.Record(ctx, "rejects.exported", importName(sequence), nil, nil); err != nil {
		return refused(err)
	}
	return g.parts.Records.Rejects(ctx, batchID)
}

func refused(err error) iter.Seq2[warehouse.Reject, error] {
	return func(yield func(warehouse.Reject, error) bool) { yield(warehouse.Reject{}, err) }
}

// OrderLines returns the lines of a customer who is in a segment of the actor's.
func (g Records) OrderLines(ctx context.Context, customer string, to clientele.Date, offset int64, limit int) ([]warehouse.OrderLine, error) {
	a, err := policy.Require(ctx, policy.ReadRows)
	if err != nil {
		return nil, err
	}
	if ok, err := g.parts.owns(ctx, a, customer); err != nil || !ok {
		return nil, cmp.Or(err, a.DeniedRows())
	}
	return g.parts.Records.OrderLines(ctx, customer, to, offset, limit)
}

// owns reports whether a customer, or nobody, is in a segment of somebody's.
func (p *Parts) owns(ctx context.Context, a policy.Actor, customer string) (bool, error) {
	if a.Reach(policy.ReadRows) == policy.Everything {
		return true, nil
	}
	attributes, err := p.Records.AttributesOf(ctx, customer)
	for _, s := range a.Scopes {
		value := clientele.NoCustomerSegment
		if customer != "" {
			value = cmp.Or(attributes[s.Attribute], clientele.UnknownSegment)
		}
		if value == s.Value {
			return err == nil, err
		}
	}
	return false, err
}
