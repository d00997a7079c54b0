package survey

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// Source is the source of the records that answers become.
const Source = "surveys"

// Store is what is asked of the operational records; see store.Store.
type Store interface {
	store.Surveys
	AddEvents(ctx context.Context, messages []store.EventMessage) ([]bool, error)
	Persons(ctx context.Context) ([]store.KeptPerson, error)
	Units(ctx context.Context) ([]store.KeptUnit, error)
	Part(ctx context.Context, id string) (store.KeptPart, error)
	store.Atomic
}

// Mail is one mail that asks somebody. Its texts are plain.
type Mail struct {
	Key      string // the same mail has the same key
	Customer string // whose address it is; "" of an employee
	To       string // address
	Language string // BCP 47
	Subject  string
	Text     string // holds Link
	Link     string // where they answer
	Stop     string // where they say that they are not to be asked again; "" is nowhere
}

// Mailer takes mails, within the transaction that it is called in. queued is false where it
// cannot mail.
type Mailer interface {
	Enqueue(ctx context.Context, m Mail) (queued bool, err error)
}

// Parts is what surveys are run with.
type Parts struct {
	Store   Store
	Records warehouse.Samples
	Zone    *time.Location // of the book
	Company string
	Mailer  Mailer // nil: links are handed out instead
	// Landing is told how many answers wait to become records; nil is nobody.
	Landing func(n int64)
	Log     *slog.Logger
	Now     func() time.Time // nil is the clock
}

// Service runs the surveys of a book. Its methods may be called from several goroutines.
type Service struct {
	parts   Parts
	read    *lru.Cache[string, Document] // by id of the survey, whose document never changes
	origin  atomic.Pointer[string]
	commits *store.Commits
	enough  func(Document, store.AnonymousCell) int64 // the fewest answers of a cell that are told; least
}

// mostRead is how many documents are kept as they were read.
const mostRead = 256

// New makes the service.
func New(p Parts) *Service {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Zone == nil {
		p.Zone = time.UTC
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	read, _ := lru.New[string, Document](mostRead) // fails for sizes below 1 alone
	return &Service{parts: p, read: read, commits: store.NewCommits(p.Store), enough: least}
}

// SetLanding says whom to tell that answers wait to become records.
func (s *Service) SetLanding(tell func(n int64)) { s.parts.Landing = tell }

// SetOrigin says where respondents come: scheme, host and port, without a slash at the end.
func (s *Service) SetOrigin(origin string) { s.origin.Store(&origin) }

// Origin is where respondents come; "" is not known.
func (s *Service) Origin() string {
	if o := s.origin.Load(); o != nil {
		return *o
	}
	return ""
}

// Survey is a survey with what it asks.
type Survey struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Made     time.Time  `json:"made"`
	By       string     `json:"by"`
	Closed   *time.Time `json:"closed"`         // null: nobody closed it
	Address  string     `json:"open,omitempty"` // path of the open link
	Embedded string     `json:"embedded,omitempty"`
	Document Document   `json:"document"`
}

// Summary is a survey in a list.
type Summary struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Who        Who        `json:"who"`
	Touchpoint string     `json:"touchpoint,omitempty"`
	State      string     `json:"state"` // not sent, open or closed
	Waves      int        `json:"waves"`
	Asked      int64      `json:"asked"`
	Last       *time.Time `json:"last_sent"` // null: never
}

// Paths below which surveys are answered: by themselves, and in a frame of another page.
const (
	Path      = "/s/"
	FramePath = "/e/"
)

func (s *Service) surveyOf(k store.KeptSurvey) (Survey, error) {
	v := Survey{ID: k.ID, Name: k.Name, Made: k.Made, By: k.By, Closed: k.Closed}
	var ok bool
	if v.Document, ok = s.read.Get(k.ID); !ok {
		if err := json.Unmarshal(k.Document, &v.Document); err != nil {
			return v, clientele.Errorf(clientele.CodeInternal, "the survey %s cannot be read back", k.Name).Because(err)
		}
		s.read.Add(k.ID, v.Document)
	}
	if k.Address != "" {
		v.Address = Path + k.Address
		if len(v.Document.Embed) > 0 {
			v.Embedded = FramePath + k.Address
		}
	}
	return v, nil
}

// Create keeps a new survey. CodeConflict if its name is taken.
func (s *Service) Create(ctx context.Context, d Document, by string) (Survey, error) {
	if err := d.check(); err != nil {
		return Survey{}, err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return Survey{}, clientele.Errorf(clientele.CodeInternal, "the survey cannot be kept").Because(err)
	}
	k := store.KeptSurvey{
		ID: newID(), Name: d.Survey, Key: strings.ToLower(d.Survey), Document: text, Employees: d.Ask.Who == Employees, Made: s.parts.Now().UTC().Truncate(time.Millisecond), By: by,
	}
	if d.Open {
		k.Address = strings.ToLower(newSecret())
	}
	if err := s.parts.Store.AddSurvey(ctx, k); err != nil {
		return Survey{}, err
	}
	return s.surveyOf(k)
}

// Find returns a survey by its id or its name.
func (s *Service) Find(ctx context.Context, name string) (Survey, error) {
	k, err := s.parts.Store.SurveyNamed(ctx, strings.ToLower(strings.Join(strings.Fields(name), " ")))
	if err == nil && k.ID != name && k.Key != strings.ToLower(strings.Join(strings.Fields(name), " ")) {
		err = clientele.Errorf(clientele.CodeNotFound, "there is no such survey")
	}
	if err != nil {
		return Survey{}, withHint(err, "See what there is with: clientele survey BOOK list")
	}
	return s.surveyOf(k)
}

// withHint adds what to do to what is not found.
func withHint(err error, hint string) error {
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return clientele.Errorf(clientele.CodeNotFound, "%v", err).WithHint("%s", hint)
	}
	return err
}

// List returns every survey, the latest first.
func (s *Service) List(ctx context.Context) ([]Summary, error) {
	kept, err := s.parts.Store.Surveys(ctx)
	all := make([]Summary, 0, len(kept))
	for _, k := range kept {
		if strings.HasPrefix(k.ID, standingPrefix) {
			continue
		}
		v, err := s.surveyOf(k)
		if err != nil {
			return nil, err
		}
		waves, err := s.parts.Store.Waves(ctx, k.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, s.summary(v, waves))
	}
	return all, err
}

func (s *Service) summary(v Survey, waves []store.KeptWave) Summary {
	m := Summary{ID: v.ID, Name: v.Name, Who: v.Document.Ask.Who, Touchpoint: v.Document.Touchpoint, State: "not sent", Waves: len(waves)}
	for _, w := range waves {
		m.Asked += w.Asked
		m.Last, m.State = &w.Began, "open"
	}
	if v.Document.Open {
		m.State = "open"
	}
	if s.closed(v) {
		m.State = "closed"
	}
	return m
}

// closed reports whether a survey takes no more answers.
func (s *Service) closed(v Survey) bool {
	today := s.parts.Now().In(s.parts.Zone).Format(time.DateOnly)
	return v.Closed != nil || v.Document.Closes != "" && today > v.Document.Closes
}

// Close ends a survey for good.
func (s *Service) Close(ctx context.Context, id string) error {
	return s.parts.Store.CloseSurvey(ctx, id, s.parts.Now())
}

// newSecret is what a link is known by: 130 bits, in letters and digits.
func newSecret() string { return rand.Text() }

func newID() string { return strings.ToLower(rand.Text()[:16]) }

// hashOf is what is kept of a secret.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
