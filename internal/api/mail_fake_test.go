package api

import (
	"context"

	"github.com/clientele/clientele/internal/mail"
)

// fakeMail is mail that answers anything that its types can say.
type fakeMail struct{ *fake }

func (f fakeMail) Outbox(context.Context, int64, int) (mail.Outbox, error) {
	return some[mail.Outbox](f.fake), f.failure
}
func (f fakeMail) Try(context.Context, string) error         { return f.failure }
func (f fakeMail) Clear(context.Context, string) error       { return f.failure }
func (f fakeMail) Decide(context.Context, int64, bool) error { return f.failure }
