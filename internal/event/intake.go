package event

import (
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// DefaultSource is the source of messages whose sender names none.
const DefaultSource = "events"

// JobKind is the kind of job that Drain does.
const JobKind = "events"

// KeptFor is how long ids of messages are known, and messages that nothing reads yet are
// kept.
const KeptFor = 90 * 24 * time.Hour

// Store is what is asked of the operational records; see store.Store.
type Store interface {
	store.Events
	store.Atomic
}

// Importer lands files; see ingest.Importer.
type Importer interface {
	Import(ctx context.Context, path string, r ingest.Request) (ingest.FileReport, error)
}

// Jobs takes durable work; see job.Queue.
type Jobs interface {
	Add(ctx context.Context, kind, key string, payload any) (store.Job, error)
}

// Audit keeps what was done; see audit.Log.
type Audit interface {
	Record(ctx context.Context, action, object string, before, after any) error
}

// Parts is what messages are taken with.
type Parts struct {
	Store    Store
	Importer Importer
	Jobs     Jobs
	Audit    Audit
	Currency string // the book's
	Work     string // directory for files on their way
	Log      *slog.Logger
	Now      func() time.Time // nil is the clock
	// Portion is how many messages become one file, and how many that wait are landed
	// without waiting longer; 0 is 20,000.
	Portion int
	// Every is how far apart files are while messages keep coming; 0 is a quarter of an
	// hour. Messages after a longer quiet are landed at once.
	Every time.Duration
	// Look is how often it is looked whether messages are to be landed; 0 is five seconds.
	Look time.Duration
}

// Intake takes messages. Its methods may be called from several goroutines.
type Intake struct {
	Parts
	commits *store.Commits
	waiting atomic.Int64 // messages that wait, as far as this process knows
	drained atomic.Int64 // when messages were landed last, in milliseconds; 0 is never
}

// New makes an intake. Run has to run for messages to be landed.
func New(p Parts) *Intake {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Portion == 0 {
		p.Portion = 20_000
	}
	if p.Every == 0 {
		p.Every = 15 * time.Minute
	}
	if p.Look == 0 {
		p.Look = 5 * time.Second
	}
	return &Intake{Parts: p, commits: store.NewCommits(p.Store)}
}

// Receipt is what became of the messages of a batch.
type Receipt struct {
	Accepted   int        `json:"accepted"`   // kept now
	Duplicates int        `json:"duplicates"` // kept before
	Ignored    int        `json:"ignored"`    // of a type or with a content that nothing is made of
	Rejected   []Rejected `json:"rejected"`
}

// Rejected is a message that was not kept.
type Rejected struct {
	Index  int    `json:"index"` // in the batch, from 0
	Reason string `json:"reason"`
}

// batch is the messages of one request.
type batch struct {
	Batch  []json.RawMessage `json:"batch"`
	SentAt json.RawMessage   `json:"sentAt"`
}

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// Take keeps the messages of a body, and returns when they are on the disk. Source names
// the system that they are from; "" is DefaultSource. Errors: CodeInvalid if the body is
// no batch, CodeForbidden if the actor may not send.
func (i *Intake) Take(ctx context.Context, source string, body []byte) (Receipt, error) {
	if _, err := policy.Require(ctx, policy.SendEvents); err != nil {
		return Receipt{}, err
	}
	if source == "" {
		source = DefaultSource
	}
	if !sourceName.MatchString(source) {
		return Receipt{}, clientele.Errorf(clientele.CodeInvalid, "%q is no name of a source", shown(source)).
			WithHint("Write small letters, digits, - and _, for example shop.")
	}
	var in batch
	if err := json.Unmarshal(body, &in); err != nil || in.Batch == nil {
		return Receipt{}, clientele.Errorf(clientele.CodeInvalid, "the body is no batch").Because(err).
			WithHint(`Send {"batch": [ … ]} with up to 500 KB of messages.`)
	}
	receipt := Receipt{Rejected: []Rejected{}}
	r := reader{source: source, currency: i.Currency, received: i.Now().UTC().Truncate(time.Millisecond), sent: in.SentAt}
	var messages []store.EventMessage
	for index, raw := range in.Batch {
		switch m, skip, reason := r.read(raw); {
		case reason != "":
			receipt.Rejected = append(receipt.Rejected, Rejected{index, reason})
		case skip:
			receipt.Ignored++
		default:
			messages = append(messages, m)
		}
	}
	return receipt, i.keep(ctx, messages, &receipt)
}

// keep makes messages durable, and counts them.
func (i *Intake) keep(ctx context.Context, messages []store.EventMessage, receipt *Receipt) error {
	if len(messages) == 0 {
		return nil
	}
	var kept []bool
	err := i.commits.Make(ctx, func(ctx context.Context) (err error) {
		kept, err = i.Store.AddEvents(ctx, messages)
		return err
	})
	if err != nil {
		return err
	}
	for n, k := range kept {
		if !k {
			receipt.Duplicates++
			continue
		}
		receipt.Accepted++
		if messages[n].State == store.EventWaiting {
			i.waiting.Add(1)
		}
	}
	return nil
}

// Kept tells that another capability kept messages that wait to be landed.
func (i *Intake) Kept(n int64) { i.waiting.Add(n) }

// Run has messages landed when enough of them wait, or some have waited long enough,
// until ctx ends.
func (i *Intake) Run(ctx context.Context) error {
	if err := i.count(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	look := time.NewTicker(i.Look)
	defer look.Stop()
	for {
		if i.due() {
			if _, err := i.Jobs.Add(ctx, JobKind, "drain", struct{}{}); err != nil && ctx.Err() == nil {
				i.Log.ErrorContext(ctx, "messages cannot be landed now", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// count counts what waits.
func (i *Intake) count(ctx context.Context) error {
	n, err := i.Store.WaitingEvents(ctx)
	if err == nil {
		i.waiting.Store(n)
	}
	return err
}

// due reports whether messages are to be landed.
func (i *Intake) due() bool {
	n, last := i.waiting.Load(), time.UnixMilli(i.drained.Load())
	return n >= int64(i.Portion) || n > 0 && i.Now().Sub(last) >= i.Every
}
