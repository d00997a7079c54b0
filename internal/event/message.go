package event

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clientele/clientele/internal/store"
)

// Limits on messages, as Segment documents them.
const (
	MaxBatch   = 500 << 10 // bytes
	MaxMessage = 32 << 10  // bytes
)

const (
	maxID       = 256 // bytes of an id
	maxName     = 200 // bytes of the name of an event or a trait
	maxTraits   = 100
	maxProducts = 500
	// clockSkew is how far a sender's clock may be off before its times are moved.
	clockSkew = time.Minute
	// farAhead is how far ahead of its arrival a message may be dated.
	farAhead = 24 * time.Hour
)

// message is one message as it is sent. What else it holds is not read: the network
// address, the device and the place of the customer are nobody's business here.
type message struct {
	Type        string          `json:"type"`
	MessageID   json.RawMessage `json:"messageId"`
	UserID      json.RawMessage `json:"userId"`
	AnonymousID json.RawMessage `json:"anonymousId"`
	Event       string          `json:"event"`
	Properties  json.RawMessage `json:"properties"`
	Traits      json.RawMessage `json:"traits"`
	Timestamp   json.RawMessage `json:"timestamp"`
	SentAt      json.RawMessage `json:"sentAt"`
}

// kept is what is kept of a message: the records that it becomes, or, of one that
// nothing reads yet, what it says.
type kept struct {
	Lines      []line              `json:"lines,omitempty"`
	Traits     map[string]string   `json:"traits,omitempty"`
	Answers    []map[string]string `json:"answers,omitempty"` // rows of feedback, by field, that surveys kept
	Event      string              `json:"event,omitempty"`
	Anonymous  string              `json:"anonymous,omitempty"`
	At         *time.Time          `json:"at,omitempty"`
	Properties json.RawMessage     `json:"properties,omitempty"`
}

// line is a transaction line as it is landed, by field.
type line struct {
	Customer string `json:"customer"`
	Order    string `json:"order"`
	Line     string `json:"line"`
	Time     string `json:"time"`
	Quantity string `json:"quantity"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	Product  string `json:"product"`
	Kind     string `json:"kind"`
}

// ignored are the types of message that nothing is made of.
var ignored = map[string]bool{"page": true, "screen": true, "group": true, "alias": true}

// reader turns the messages of one batch into what is kept of them.
type reader struct {
	source   string
	currency string // the book's
	received time.Time
	sent     json.RawMessage // of the batch; may be absent
}

// read reads one message. reason says why it is refused; "" is that it is not. skip is
// that there is nothing to keep.
func (r reader) read(raw json.RawMessage) (m store.EventMessage, skip bool, reason string) {
	if len(raw) > MaxMessage {
		return m, false, fmt.Sprintf("it has %d bytes, and may have %d", len(raw), MaxMessage)
	}
	var in message
	if !utf8.Valid(raw) || json.Unmarshal(raw, &in) != nil {
		return m, false, "it is no message"
	}
	if ignored[in.Type] {
		return m, true, ""
	}
	m = store.EventMessage{Source: r.source, State: store.EventWaiting, Received: r.received}
	if m.ID, reason = in.id(); reason != "" {
		return m, false, reason
	}
	var anonymous string
	if m.Customer, anonymous, reason = who(in); reason != "" {
		return m, false, reason
	}
	at, reason := r.at(in)
	if reason != "" {
		return m, false, reason
	}
	k := kept{}
	switch in.Type {
	case "identify":
		k.Traits, reason = traitsOf(in.Traits)
		skip = m.Customer == "" || len(k.Traits) == 0
	case "track":
		k, reason = r.track(in, m, at, anonymous)
		if k.Lines == nil {
			m.State = store.EventLater
		}
	default:
		reason = fmt.Sprintf("%q is no type of message; track and identify are read", shown(in.Type))
	}
	if reason != "" || skip {
		return m, skip, reason
	}
	body, err := json.Marshal(k)
	if err != nil {
		return m, false, "it cannot be kept: " + err.Error()
	}
	m.Body = body
	return m, false, ""
}

// track reads what a customer did: an order that is completed or refunded becomes
// lines, all else is kept as it is.
func (r reader) track(in message, m store.EventMessage, at time.Time, anonymous string) (k kept, reason string) {
	switch {
	case strings.TrimSpace(in.Event) == "":
		return k, "the event has no name"
	case len(in.Event) > maxName:
		return k, fmt.Sprintf("the name of the event has more than %d bytes", maxName)
	}
	switch in.Event {
	case orderCompleted, orderRefunded:
		k.Lines, reason = r.order(in, m, at)
	default:
		k = kept{Event: in.Event, Anonymous: anonymous, At: &at, Properties: in.Properties}
	}
	return k, reason
}

// id is how the sender names the message, or the hash of what it says, whenever it is sent.
func (in message) id() (id, reason string) {
	if id = scalar(in.MessageID); id != "" {
		return id, unfit("messageId", id)
	}
	if !absent(in.MessageID) {
		return "", "messageId is neither text nor number"
	}
	in.SentAt = nil
	text, err := json.Marshal(in)
	if err != nil {
		return "", "it is no message"
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), ""
}

// who is of whom a message tells.
func who(in message) (customer, anonymous, reason string) {
	customer, anonymous = scalar(in.UserID), scalar(in.AnonymousID)
	if customer == "" && anonymous == "" {
		return "", "", "it names neither userId nor anonymousId"
	}
	if reason = unfit("userId", customer); reason == "" {
		reason = unfit("anonymousId", anonymous)
	}
	return idTail.ReplaceAllString(customer, "$1"), anonymous, reason
}

// idTail is the tail that makes 17850.0 of the customer 17850.
var idTail = regexp.MustCompile(`^([0-9]+)\.0+$`)

// unfit says why a text cannot be an id; "" is that it can.
func unfit(field, id string) string {
	switch {
	case len(id) > maxID:
		return fmt.Sprintf("%s has more than %d bytes", field, maxID)
	case strings.ContainsFunc(id, unicode.IsControl):
		return field + " has control characters"
	}
	return ""
}

// at is when it happened, by the clock of this machine: a sender's clock that is off is
// told by when it says that it sent. Without a time it is when it came.
func (r reader) at(in message) (at time.Time, reason string) {
	if absent(in.Timestamp) {
		return r.received, ""
	}
	if at, reason = instant("timestamp", in.Timestamp); reason != "" {
		return at, reason
	}
	sentAt := in.SentAt
	if absent(sentAt) {
		sentAt = r.sent
	}
	if !absent(sentAt) {
		sent, reason := instant("sentAt", sentAt)
		if reason != "" {
			return at, reason
		}
		if off := r.received.Sub(sent); off.Abs() > clockSkew {
			at = at.Add(off)
		}
	}
	if at.Sub(r.received) > farAhead || at.Year() < 1900 {
		return at, fmt.Sprintf("it is dated %s, which cannot be", at.Format(time.RFC3339))
	}
	return at, ""
}

// instant reads a time with its zone.
func instant(field string, v json.RawMessage) (time.Time, string) {
	text := scalar(v)
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fmt.Sprintf("%s %q is not a time with its zone, such as 2026-09-30T18:04:05Z", field, shown(text))
	}
	return at.UTC().Truncate(time.Millisecond), ""
}

// shown is what was sent, short enough for an answer.
func shown(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}

// clean is a text without what cannot be shown, cut to what a name may have.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	if len(s) <= maxName {
		return s
	}
	return strings.ToValidUTF8(s[:maxName], "")
}

// private are traits that name somebody, and tell nothing of many: they are not kept.
var private = map[string]bool{
	"email": true, "phone": true, "name": true, "firstname": true, "lastname": true, "first_name": true, "last_name": true, "username": true,
	"avatar": true, "address": true, "street": true, "birthday": true, "description": true, "website": true, "title": true, "ip": true,
	"id": true, "userid": true, "user_id": true, "customer": true,
}

var traitName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_ ]*$`)

// traitsOf are the traits that become attributes: single values, of names that can be
// read, and none that says who somebody is.
func traitsOf(v json.RawMessage) (map[string]string, string) {
	if absent(v) {
		return nil, ""
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(v, &all) != nil {
		return nil, "traits are no object"
	}
	traits := map[string]string{}
	for name, value := range all {
		name = strings.TrimSpace(name)
		text := scalar(value)
		if text == "" || len(name) > maxName || private[strings.ToLower(name)] || !traitName.MatchString(name) {
			continue
		}
		traits[strings.ToLower(name)] = clean(text)
	}
	if len(traits) > maxTraits {
		return nil, fmt.Sprintf("there are more than %d traits", maxTraits)
	}
	return traits, ""
}
