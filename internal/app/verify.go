package app

import (
	"context"
	"fmt"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/ledger"
)

// Finding is something that is not as it should be.
type Finding struct {
	Where  string `json:"where"` // in the book
	Reason string `json:"reason"`
}

// Verification is what a look at everything in the book found.
type Verification struct {
	Files    int       `json:"files"`      // accepted files that were read anew
	Closes   int       `json:"closes"`     // closes that were hashed anew
	Events   int64     `json:"events"`     // of the audit, that were hashed anew
	Head     string    `json:"audit_head"` // hash of the last event; "" if it is not known
	Findings []Finding `json:"findings"`
}

// Err is nil if all is sound, else CodeInvalid with the findings as its rows.
func (v Verification) Err() error {
	if len(v.Findings) == 0 {
		return nil
	}
	e := clientele.Errorf(clientele.CodeInvalid, "the book is not sound; findings: %d", len(v.Findings)).
		WithHint("Damaged records are mended by clientele rebuild; damaged accepted files and closes only by restoring a backup.")
	for _, f := range v.Findings {
		e.Rows = append(e.Rows, f.Where+": "+f.Reason)
	}
	return e
}

// Verify hashes every accepted file and every close anew, checks the records and the operational
// records, and compares the records with what was accepted. It waits for an
// import that is under way.
func (b *Book) Verify(ctx context.Context, w Watcher) (Verification, error) {
	v := Verification{Findings: []Finding{}}
	err := b.Importer.Alone(func() error { return b.verify(ctx, w, &v) })
	return v, err
}

func (b *Book) verify(ctx context.Context, w Watcher, v *Verification) error {
	damaged, err := b.Landing.Verify(ctx, func(done, total int64) { w.progress("reading accepted files", done, total) })
	if err != nil {
		return err
	}
	for _, d := range damaged {
		v.add(landingName+"/"+d.Name, d.Reason)
	}
	if err := b.verifyCloses(ctx, v); err != nil {
		return err
	}
	if err := b.verifyLedgers(ctx, v); err != nil {
		return err
	}
	w.progress("checking the records", 0, 0)
	v.check(recordsName, b.Records.Check(ctx))
	w.progress("checking the operational records", 0, 0)
	v.check(operationsName, b.Store.Check(ctx))
	if err := ctx.Err(); err != nil {
		return err // what was stopped found nothing
	}
	return b.compare(ctx, v)
}

// verifyCloses finds what has changed in the closes, or of the files that made them.
func (b *Book) verifyCloses(ctx context.Context, v *Verification) error {
	kept, err := b.Store.Closes(ctx)
	if err != nil {
		v.check(operationsName, err)
		return ctx.Err()
	}
	v.Closes = len(kept)
	findings, err := b.Closings.Verify(ctx)
	for _, f := range findings {
		v.add(f.Where, f.Reason)
	}
	return err
}

// verifyLedgers finds what has changed of what people signed, and of what was done.
func (b *Book) verifyLedgers(ctx context.Context, v *Verification) error {
	audited := func(ctx context.Context) (findings []ledger.Finding, err error) {
		v.Events, v.Head, findings, err = b.Audit.Verify(ctx)
		return findings, err
	}
	for _, verify := range []func(context.Context) ([]ledger.Finding, error){b.Definitions.Verify, b.Goals.Verify, b.Measures.VerifyMarks, b.Privacy.Verify, audited} {
		findings, err := verify(ctx)
		if err != nil {
			v.check(operationsName, err)
			return ctx.Err()
		}
		for _, f := range findings {
			v.add(f.Where, f.Reason)
		}
	}
	return nil
}

func (v *Verification) check(where string, err error) {
	if err != nil {
		v.add(where, err.Error())
	}
}

func (v *Verification) add(where, reason string) {
	v.Findings = append(v.Findings, Finding{where, reason})
}

// compare finds files that the records lack and batches that no file explains.
func (b *Book) compare(ctx context.Context, v *Verification) error {
	entries, err := b.Landing.List()
	if err != nil {
		return err
	}
	loaded, err := b.loadedByID(ctx)
	if err != nil {
		return err
	}
	v.Files = len(entries)
	for _, e := range entries {
		if _, ok := loaded[e.BatchID]; !ok {
			v.add(landingName+"/"+e.SHA256, fmt.Sprintf("%s is %s", e.Name, ingest.StateKept))
		}
		delete(loaded, e.BatchID)
	}
	for id := range loaded {
		v.add(recordsName, fmt.Sprintf("batch %s comes from no accepted file", id))
	}
	return nil
}
