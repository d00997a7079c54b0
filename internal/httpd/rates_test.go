package httpd

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// slow lets some requests through at once, and then one an hour.
func slow(n int) Rate { return Rate{1. / 3600, n} }

func TestWhoAsksTooOftenWaits(t *testing.T) {
	bounds := Rates{Account: slow(3), Reading: slow(2), Hosted: slow(4), Trying: slow(1), Address: slow(1000)}
	session := with("GET", "/page", "Cookie", "clientele=s")
	for name, c := range map[string]struct {
		ask  func(*http.Request)
		lets int // this many through
	}{
		"session":          {session, 3},
		"token":            {with("GET", "/api/v1/goals", "Authorization", "Bearer t"), 3},
		"nobody reads":     {with("GET", "/page"), 2},
		"sign-in":          {with("POST", "/sign-in"), 1},
		"a survey":         {with("POST", "/s/link/1"), 4},
		"guessed token":    {with("GET", "/api/v1/goals", "Authorization", "Bearer guess"), 1},
		"guessed session":  {with("GET", "/page", "Cookie", "clientele=guess"), 2},
		"posts of nobody":  {with("POST", "/api/v1/goals"), 1},
		"strange requests": {with("TRACE", "/page"), 1},
	} {
		h := Wrap(http.HandlerFunc(whoAsks), Options{Accounts: &accounts{}, Log: discard, Rates: bounds, Hosted: []string{"/s/"}})
		for i := range c.lets + 2 {
			r, w := httptest.NewRequest(http.MethodGet, "http://localhost/page", nil), httptest.NewRecorder()
			r.RemoteAddr = "127.0.0.1:" + strconv.Itoa(1000+i)
			c.ask(r)
			h.ServeHTTP(w, r)
			if held := w.Code == http.StatusTooManyRequests; held != (i >= c.lets) {
				t.Errorf("%s, request %d: status %d", name, i+1, w.Code)
			}
			if wait, _ := strconv.Atoi(w.Header().Get("Retry-After")); w.Code == http.StatusTooManyRequests && (wait < 1 || wait > 2*3600*(c.lets+1)) {
				t.Errorf("%s waits for %q", name, w.Header().Get("Retry-After"))
			}
		}
	}
}

func TestAnAddressIsBoundedBeforeSecretsAreLookedUp(t *testing.T) {
	a := &accounts{}
	h := Wrap(http.HandlerFunc(whoAsks), Options{Accounts: a, Log: discard, Rates: Rates{Account: slow(100), Reading: slow(100), Trying: slow(100), Address: slow(5)}})
	for i := range 10 {
		r, w := httptest.NewRequest(http.MethodGet, "http://localhost/page", nil), httptest.NewRecorder()
		r.RemoteAddr = "127.0.0.1:1"
		r.Header.Set("Cookie", "clientele=guess")
		if h.ServeHTTP(w, r); i == 9 && (w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "") {
			t.Errorf("status %d", w.Code)
		}
	}
	if a.asked > 6 { // the first is not counted: only it tells that there are accounts
		t.Errorf("%d secrets were looked up", a.asked)
	}
}

func TestTheOwnerOfTheMachineIsNotBounded(t *testing.T) {
	h := Wrap(http.HandlerFunc(whoAsks), Options{Accounts: &accounts{none: true}, Log: discard, Rates: Rates{slow(1), slow(1), slow(1), slow(1), slow(1)}})
	for range 5 {
		r, w := httptest.NewRequest(http.MethodPost, "http://localhost/page", nil), httptest.NewRecorder()
		r.RemoteAddr = "127.0.0.1:1"
		if h.ServeHTTP(w, r); w.Code != 200 {
			t.Errorf("status %d", w.Code)
		}
	}
}

// What one session and one token are to bear: 200 pages, 50 posts and 200 files a second.
func TestDefaultsBearTheLoadThatIsPromised(t *testing.T) {
	if a := DefaultRates.Account; a.PerSecond < 500 || a.Burst < 1000 {
		t.Errorf("an account has %+v", a)
	}
	if a := DefaultRates.Address; a.PerSecond < 1000 || a.Burst < 2000 {
		t.Errorf("an address has %+v", a)
	}
}

func TestSitesOfIPv6AreOne(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "": "", "::ffff:192.0.2.7": "::ffff:192.0.2.7",
	} {
		if got := network(address); got != want {
			t.Errorf("%s counts as %s", address, got)
		}
	}
}

// However many come, memory is bounded, and one who keeps coming is remembered.
func TestBucketsAreBounded(t *testing.T) {
	b := newBuckets(slow(1))
	w := httptest.NewRecorder()
	if !b.take(w, "regular") {
		t.Fatal("the first is held")
	}
	for i := range 3 * maxBuckets {
		b.take(w, fmt.Sprint(i))
		if i%1000 == 0 && b.take(w, "regular") {
			t.Fatal("the regular is forgotten")
		}
	}
	if n := len(b.young) + len(b.older); n > maxBuckets {
		t.Errorf("%d buckets", n)
	}
}

// No order of requests lets more through than the burst and what has come since.
func TestBucketsLetNoMoreThroughThanTheirRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		burst := rapid.IntRange(1, 20).Draw(t, "burst")
		b, begun, through := newBuckets(Rate{1000, burst}), time.Now(), 0
		for range rapid.IntRange(1, 60).Draw(t, "asked") {
			if b.take(httptest.NewRecorder(), "k") {
				through++
			}
		}
		if most := burst + int(time.Since(begun).Seconds()*1000) + 1; through > most {
			t.Errorf("%d of %d came through", through, most)
		}
	})
}
