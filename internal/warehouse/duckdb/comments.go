package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/text"
)

// CommentGroups implements warehouse.Comments.
func (d *DB) CommentGroups(ctx context.Context) (out []warehouse.CommentGroup, err error) {
	err = d.comments(ctx, "comment.group", nil, func(rows *sql.Rows) error {
		var g warehouse.CommentGroup
		err := rows.Scan(&g.Touchpoint, &g.Language, &g.All, &g.Detractors, &g.Promoters)
		out = append(out, g)
		return err
	})
	return out, err
}

// Terms implements warehouse.Comments.
func (d *DB) Terms(ctx context.Context, q warehouse.TermQuery) (out []warehouse.TermCount, err error) {
	err = d.comments(ctx, "comment.term", q, func(rows *sql.Rows) error {
		var c warehouse.TermCount
		err := rows.Scan(&c.Term, &c.All, &c.Detractors, &c.Promoters)
		out = append(out, c)
		return err
	})
	return out, err
}

// Speaking implements warehouse.Comments.
func (d *DB) Speaking(ctx context.Context, q warehouse.SpeakingQuery) ([]warehouse.SideCount, error) {
	out := make([]warehouse.SideCount, len(q.Themes))
	return out, d.comments(ctx, "comment.speak", speaking{q.CommentsOf, q.Themes, warehouse.QuoteQuery{}}, func(rows *sql.Rows) error {
		var theme int
		var c warehouse.SideCount
		err := rows.Scan(&theme, &c.All, &c.Detractors, &c.Promoters)
		out[theme] = c
		return err
	})
}

// SampleComments implements warehouse.Comments.
func (d *DB) SampleComments(ctx context.Context, q warehouse.CommentSampleQuery) ([]warehouse.Comment, error) {
	return d.commentTexts(ctx, "comment.sample", q)
}

// Quotes implements warehouse.Comments.
func (d *DB) Quotes(ctx context.Context, q warehouse.QuoteQuery) ([]warehouse.Comment, error) {
	return d.commentTexts(ctx, "comment.quote", speaking{q.CommentsOf, []warehouse.ThemeWords{q.Theme}, q})
}

// speaking are the parameters of queries for what speaks of themes.
type speaking struct {
	warehouse.CommentsOf
	Themes []warehouse.ThemeWords
	Asked  warehouse.QuoteQuery
}

func (d *DB) commentTexts(ctx context.Context, name string, parameters any) (out []warehouse.Comment, err error) {
	err = d.comments(ctx, name, parameters, func(rows *sql.Rows) error {
		var c warehouse.Comment
		err := rows.Scan(&c.Text, &c.Side)
		out = append(out, c)
		return err
	})
	return out, err
}

func (d *DB) comments(ctx context.Context, name string, parameters any, scan func(*sql.Rows) error) error {
	return d.snapshot(ctx, nil, func(tx *sql.Tx) error { return each(ctx, tx, render(name, parameters), scan) })
}

// words is SQL for the list of the different words of a text.
func words(of string) string {
	return fmt.Sprintf("list_distinct(regexp_extract_all(regexp_replace(lower(%s), %s, ' ', 'g'), %s))", of, literal(text.Noise), literal(text.Word))
}

// spoken is SQL for the first part of a BCP 47 language tag; ” where it is none.
func spoken(language string) string {
	return fmt.Sprintf("lower(regexp_extract(coalesce(%s, ''), '^([A-Za-z]{2,3})([-_].*)?$', 1))", language)
}

// shuffled is SQL for a text that puts ids in the order of a seed.
func shuffled(source, id string, seed uint64) string {
	return fmt.Sprintf("md5(concat('%d ', CAST(%s AS VARCHAR), ' ', %s))", seed, source, id)
}

// listed writes texts as literals.
func listed(all []string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = literal(s)
	}
	return strings.Join(quoted, ", ")
}
