package api

import (
	"context"

	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/cases"
)

// fakeCases are cases that answer anything that their types can say.
type fakeCases struct{ *fake }

func (f fakeCases) Cases(context.Context, access.CaseQuery) (cases.List, error) {
	return some[cases.List](f.fake), f.failure
}

func (f fakeCases) Case(context.Context, int64) (cases.Detail, error) {
	return some[cases.Detail](f.fake), f.failure
}

func (f fakeCases) Take(context.Context, int64, int64) (cases.Case, error) {
	return some[cases.Case](f.fake), f.failure
}

func (f fakeCases) Note(context.Context, int64, int64, string) (cases.Case, error) {
	return some[cases.Case](f.fake), f.failure
}

func (f fakeCases) Settle(context.Context, int64, int64, string, string) (cases.Case, cases.Asked, error) {
	return some[cases.Case](f.fake), some[cases.Asked](f.fake), f.failure
}

func (f fakeCases) Rule(context.Context, string) (cases.Ruled, error) {
	return some[cases.Ruled](f.fake), f.failure
}

func (f fakeCases) SetRule(context.Context, string, int64, cases.Rule) (cases.Ruled, error) {
	return some[cases.Ruled](f.fake), f.failure
}
