package api

import (
	"context"

	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
)

const aboutMail = "Mail"

func addMail(a *API) {
	register(a, policy.Operate, operation{
		name: "getOutbox", pattern: "GET " + root + "/mail", about: aboutMail,
		says: "What became of mail: how many wait, were sent or refused, the latest of them, and the addresses that are not written to.",
	}, a.getOutbox)
	register(a, policy.ManageMail, operation{
		name: "tryMail", pattern: "POST " + root + "/mail/tests", about: aboutMail, says: "Sends a mail, so that somebody sees whether it arrives.",
	}, func(ctx context.Context, in *struct {
		Body struct {
			Address string `json:"address" min:"3" max:"254"`
		}
	},
	) (answer[none], error) {
		return answer[none]{}, a.Mail.Try(ctx, in.Body.Address)
	})
	register(a, policy.ManageMail, operation{
		name: "decideMail", pattern: "POST " + root + "/mail/letters/{number}/decision", about: aboutMail,
		says: "Ends a mail that may have arrived, or has it sent again.",
	}, func(ctx context.Context, in *struct {
		Number int64 `path:"number" min:"1" doc:"The number of the mail."`
		Body   struct {
			Again bool `json:"again" doc:"Send it again; otherwise it counts as sent."`
		}
	},
	) (answer[none], error) {
		return answer[none]{}, a.Mail.Decide(ctx, in.Number, in.Body.Again)
	})
	register(a, policy.ManageMail, operation{
		name: "clearMailStop", pattern: "DELETE " + root + "/mail/stops/{id}", about: aboutMail, says: "Lets an address be written to again.",
	}, func(ctx context.Context, in *struct {
		ID string `path:"id" max:"64" doc:"The id of the address, as the outbox tells it."`
	},
	) (answer[none], error) {
		return answer[none]{}, a.Mail.Clear(ctx, in.ID)
	})
}

// latestMails is how many mails the outbox tells of.
const latestMails = 100

func (a *API) getOutbox(ctx context.Context, _ *none) (answer[mail.Outbox], error) {
	return only(a.Mail.Outbox(ctx, 0, latestMails))
}
