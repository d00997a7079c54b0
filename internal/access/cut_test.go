package access

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

func owner(segments ...string) policy.Actor {
	a := policy.Actor{Name: "Ada", Roles: []policy.Role{policy.Owner}}
	for _, s := range segments {
		a.Scopes = append(a.Scopes, policy.Scope{Attribute: "region", Value: s})
	}
	return a
}

// What is cut may be shared: whoever asks next gets it whole.
func TestCuttingLeavesWhatIsSharedAsItIs(t *testing.T) {
	st := clientele.Statement{Attribute: "region", Segments: []clientele.Statement{{Segment: "north"}, {Segment: "south"}, {Segment: "east"}}}
	c := clientele.Close{Statement: st, Movements: []clientele.EquityMovement{{Attribute: "region", Segments: []clientele.EquityMovement{{Segment: "north"}, {Segment: "south"}}}}}
	whole, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []struct {
		actor       policy.Actor
		left        int64
		first, help string
	}{
		{owner("south"), 2, "south", "to give the segment to a unit of yours"}, {owner(), 3, "", "Ask somebody who is"},
		{policy.Actor{Roles: []policy.Role{policy.Executive}}, 0, "north", ""}, {policy.Local("olga"), 0, "north", ""},
		{policy.Actor{Roles: []policy.Role{policy.Executive}, Limits: []string{"closes.read"}}, 3, "", "make one that has"},
	} {
		got := cutClose(who.actor, c)
		switch h := got.Statement.Hidden; {
		case who.left == 0:
			if h != nil || len(got.Statement.Segments) != 3 {
				t.Errorf("%+v: %+v", who.actor, got.Statement)
			}
		case h == nil || h.Count != who.left || h.What != "segments" || !strings.Contains(h.Help, who.help) || h.Why == "":
			t.Errorf("%+v: %+v", who.actor, h)
		case who.first == "" && len(got.Statement.Segments) > 0, who.first != "" && (got.Statement.Segments[0].Segment != who.first || got.Movements[0].Segments[0].Segment != who.first):
			t.Errorf("%+v: %+v", who.actor, got)
		}
		if after, _ := json.Marshal(c); string(after) != string(whole) {
			t.Fatalf("%+v: what was cut has changed", who.actor)
		}
	}
}

func TestChannelsAndPlansAreSegments(t *testing.T) {
	a := owner()
	a.Scopes = []policy.Scope{{Attribute: "acquisition_channel", Value: "ads"}, {Attribute: "plan", Value: "gold"}, {Attribute: "region", Value: "mail"}}
	q := cutAcquisition(a, clientele.Acquisition{Channels: []clientele.AcquiredCohort{{Name: "ads"}, {Name: "mail"}}})
	r := cutContracts(a, clientele.ContractReport{Plans: []clientele.ContractGroup{{Name: "gold"}, {Name: "ads"}}})
	if len(q.Channels) != 1 || q.Channels[0].Name != "ads" || q.Hidden.What != "channels" || len(r.Plans) != 1 || r.Plans[0].Name != "gold" || r.Hidden.What != "plans" {
		t.Errorf("%+v %+v", q, r)
	}
}

func TestJobsAreCutToWhatTheReaderMaySee(t *testing.T) {
	report := []byte(`{"name":"a.csv","rejects":[{"line":1,"reason":"?","text":"secret"}],"warnings":[{"message":"secret"}]}`)
	done := store.Job{ID: "1", Kind: ImportJob, Key: "token", Payload: []byte(`{"token":"token"}`), State: store.JobDone, Result: report}
	failed := func(kind string) store.Job {
		return store.Job{ID: "2", Kind: kind, State: store.JobFailed, Error: []byte(`{"code":"unbalanced","message":"it does not add up","rows":["customer 4711"]}`)}
	}
	for _, c := range []struct {
		actor     policy.Actor
		job       store.Job
		says, not string
	}{
		{policy.Actor{Roles: []policy.Role{policy.Analyst}}, done, "secret", "?!"},
		{policy.Actor{Roles: []policy.Role{policy.Analyst}, Limits: []string{"data.import", "jobs.read"}}, done, "a.csv", "secret"},
		{owner(), done, "done", "token"},
		{owner(), failed(StatementJob), "it does not add up", "4711"},
		{owner(), failed(ImportJob), "it failed, and why is told", "add up"},
		{policy.Local("olga"), failed(ImportJob), "4711", "?!"},
		{policy.Local("olga"), failed("unheard of"), "it failed, and why is told", "4711"},
	} {
		before, _ := json.Marshal(c.job)
		j, err := cutJob(c.actor, c.job)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(j)
		if err != nil || !strings.Contains(string(text), c.says) || strings.Contains(string(text), c.not) {
			t.Errorf("%v of %s: %s %v", c.actor.Roles, c.job.Kind, text, err)
		}
		if after, _ := json.Marshal(c.job); string(after) != string(before) {
			t.Errorf("the job itself has changed: %s", after)
		}
	}
	if _, err := cutJob(owner(), store.Job{Kind: ImportJob, State: store.JobDone, Result: []byte("{")}); err != nil {
		t.Errorf("what is not shown is read: %v", err)
	}
}
