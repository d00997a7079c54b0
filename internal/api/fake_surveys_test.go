package api

import (
	"context"

	"github.com/clientele/clientele/internal/survey"
)

// fakeSurveys are surveys of random sense.
type fakeSurveys struct{ *fake }

func (f fakeSurveys) List(context.Context) ([]survey.Summary, error) {
	return made[[]survey.Summary](f.fake)
}

func (f fakeSurveys) Find(context.Context, string) (survey.Survey, error) {
	return made[survey.Survey](f.fake)
}

func (f fakeSurveys) Results(context.Context, string) (survey.Results, error) {
	return made[survey.Results](f.fake)
}

func (f fakeSurveys) Create(context.Context, survey.Document) (survey.Survey, error) {
	return made[survey.Survey](f.fake)
}

func (f fakeSurveys) Send(context.Context, string, string) (survey.Sent, error) {
	return made[survey.Sent](f.fake)
}

func (f fakeSurveys) Close(context.Context, string) error { return f.failure }

func (f fakeSurveys) Invite(context.Context, string, survey.Asked, string) (survey.Invited, error) {
	return made[survey.Invited](f.fake)
}
