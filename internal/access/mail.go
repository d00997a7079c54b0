package access

import (
	"context"

	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
)

// Mail guards mail.Service.
type Mail struct{ parts *Parts }

// Outbox is the state of mail, with the mails below a number.
func (g Mail) Outbox(ctx context.Context, below int64, limit int) (o mail.Outbox, err error) {
	if _, err := policy.Require(ctx, policy.Operate); err != nil {
		return o, err
	}
	return g.parts.Mail.Outbox(ctx, below, limit)
}

// Try sends a mail to see whether it arrives.
func (g Mail) Try(ctx context.Context, address string) error {
	if _, err := policy.Require(ctx, policy.ManageMail); err != nil {
		return err
	}
	return g.parts.Mail.Try(ctx, address)
}

// Clear lets an address be written to again.
func (g Mail) Clear(ctx context.Context, id string) error {
	if _, err := policy.Require(ctx, policy.ManageMail); err != nil {
		return err
	}
	return g.parts.Mail.Clear(ctx, id)
}

// Decide ends a mail that may have arrived, or has it sent again.
func (g Mail) Decide(ctx context.Context, number int64, again bool) error {
	if _, err := policy.Require(ctx, policy.ManageMail); err != nil {
		return err
	}
	return g.parts.Mail.Decide(ctx, number, again)
}

// Stop keeps that whoever has the secret of a mail wants no more.
func (g Mail) Stop(ctx context.Context, secret string) error {
	if _, err := policy.Require(ctx, policy.Anyone); err != nil {
		return err
	}
	return g.parts.Mail.Stop(ctx, secret)
}
