package api

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/event"
	"github.com/clientele/clientele/internal/policy"
)

// batchPath is where libraries of Segment and RudderStack send.
const batchPath = "/v1/batch"

type batchIn struct {
	Source   string `query:"source" pattern:"^[a-z0-9][a-z0-9_-]{0,63}$" doc:"The system that the messages are from; events if not given."`
	Encoding string `header:"Content-Encoding" max:"20" doc:"gzip, if the body is packed."`
	Body     io.ReadCloser
}

func addEvents(a *API) {
	register(a, policy.SendEvents, operation{
		name: "sendEvents", pattern: "POST " + batchPath, about: "Events", takes: "application/json", alone: true,
		says: "Takes messages of Segment and RudderStack: track and identify. What is accepted is on the disk when this answers.",
		more: "The token may also be the user name of HTTP's basic authentication, as their libraries send it. Messages are known by messageId and kept once. " +
			"A batch has up to 500 KB, a message up to 32 KB. What is wrong with a message is told by its index; the others are accepted.",
	}, a.sendEvents)
}

func (a *API) sendEvents(ctx context.Context, in *batchIn) (answer[event.Receipt], error) {
	body, err := unpacked(in.Encoding, in.Body)
	if err != nil {
		return answer[event.Receipt]{}, err
	}
	return only(a.Events.Take(ctx, in.Source, body))
}

// unpacked reads a body whole, up to what a batch may have once it is unpacked.
func unpacked(encoding string, body io.Reader) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, unread(err)
		}
		body = z
	default:
		return nil, refusal{http.StatusUnsupportedMediaType, clientele.Errorf(clientele.CodeUsage, "the body is packed as %q", encoding).WithHint("Send it with gzip, or as it is.")}
	}
	text, err := io.ReadAll(io.LimitReader(body, event.MaxBatch+1))
	if err != nil {
		return nil, unread(err)
	}
	if len(text) > event.MaxBatch {
		return nil, refusal{http.StatusRequestEntityTooLarge, clientele.Errorf(clientele.CodeInvalid, "the batch has more than %d bytes", event.MaxBatch).WithHint("Send fewer messages at a time.")}
	}
	return text, nil
}
