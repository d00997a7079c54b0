package httpd

import (
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/clientele/clientele"
)

// Rate is how often something may be asked for: so many times a second, and Burst at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Rates bound what one may ask. The zero value is DefaultRates.
type Rates struct {
	Account Rate // one person or token
	Reading Rate // those who are not signed in, from one address
	Hosted  Rate // their posts to Options.Hosted, where there is nothing to guess: whole offices answer at once
	Trying  Rate // their posts: sign-ins, set-up, and calls with a token that is none
	Address Rate // all from one address, before it is looked at who asks
}

// DefaultRates let a page with all that it is drawn with through many times a second, an
// office behind one address sign in within a minute, and guessing wait.
var DefaultRates = Rates{
	Account: Rate{600, 1200}, Reading: Rate{50, 200}, Hosted: Rate{20, 200}, Trying: Rate{5, 60}, Address: Rate{2000, 4000},
}

var errTooMany = clientele.Errorf(clientele.CodeTooMany, "too many requests").WithHint("Wait a moment and try again.")

// maxBuckets is how many are remembered of each kind: some megabytes.
const maxBuckets = 20_000

// rates counts requests.
type rates struct{ account, reading, hosted, trying, address *buckets }

func newRates(r Rates) *rates {
	if r == (Rates{}) {
		r = DefaultRates
	}
	return &rates{newBuckets(r.Account), newBuckets(r.Reading), newBuckets(r.Hosted), newBuckets(r.Trying), newBuckets(r.Address)}
}

// admit counts a request of a visitor and reports whether it may be answered; else the
// header says when to come again. Refused is whether a token lets nobody in, hosted whether it
// needs no account. The owner of the machine is not counted.
func (l *rates) admit(w http.ResponseWriter, r *http.Request, v visitor, refused, hosted bool) bool {
	address := network(about(r.Context()).client)
	switch {
	case refused:
		return l.trying.take(w, address)
	case v.actor.IsLocal():
		return true
	case v.known:
		return l.account.take(w, v.account)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return l.reading.take(w, address)
	case hosted:
		return l.hosted.take(w, address)
	}
	return l.trying.take(w, address)
}

// network is what an address is counted by: one machine by its IPv4, one site by its IPv6,
// for everybody there has 2^64 addresses.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

// buckets are one rate for many keys. It forgets those not seen for long: it keeps two
// generations, and drops the older when the younger is full. To make it forget early takes
// as many addresses as would not be held back anyway.
type buckets struct {
	rate         Rate
	mu           sync.Mutex
	young, older map[string]*rate.Limiter
}

func newBuckets(r Rate) *buckets { return &buckets{rate: r, young: map[string]*rate.Limiter{}} }

func (b *buckets) of(key string) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if found, ok := b.young[key]; ok {
		return found
	}
	found, ok := b.older[key]
	if !ok {
		found = rate.NewLimiter(rate.Limit(b.rate.PerSecond), b.rate.Burst)
	}
	if len(b.young) >= maxBuckets/2 {
		b.young, b.older = map[string]*rate.Limiter{}, b.young
	}
	b.young[key] = found
	return found
}

// take takes one of a key's requests; if there is none, the header says when there is.
func (b *buckets) take(w http.ResponseWriter, key string) bool {
	now := time.Now()
	asked := b.of(key).ReserveN(now, 1)
	wait := asked.DelayFrom(now)
	if asked.OK() && wait == 0 {
		return true
	}
	asked.CancelAt(now)
	w.Header().Set("Retry-After", strconv.Itoa(1+int(wait/time.Second)))
	return false
}
