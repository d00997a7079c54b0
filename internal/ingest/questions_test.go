package ingest

import (
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/shareddata"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const qualtrics = `StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,RecipientEmail,ExternalReference,LocationLatitude,DistributionChannel,UserLanguage,Q1_NPS_GROUP,Q1,Q2,Q3_1,Q4,Q4_TEXT
Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,Recorded Date,Response ID,Recipient Email,External Data Reference,Location Latitude,Distribution Channel,User Language,Q1 - Group,"How likely are you to
recommend us?",What is the main reason for your score?,How satisfied were you with delivery?,Which shop did you visit?,Other - Text
"{""ImportId"":""startDate"",""timeZone"":""Europe/Berlin""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}","{""ImportId"":""ipAddress""}","{""ImportId"":""progress""}","{""ImportId"":""duration""}","{""ImportId"":""finished""}","{""ImportId"":""recordedDate""}","{""ImportId"":""_recordId""}","{""ImportId"":""recipientEmail""}","{""ImportId"":""externalDataReference""}","{""ImportId"":""locationLatitude""}","{""ImportId"":""distributionChannel""}","{""ImportId"":""userLanguage""}","{""ImportId"":""QID1_NPS_GROUP""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}","{""ImportId"":""QID3_1""}","{""ImportId"":""QID4""}","{""ImportId"":""QID4_TEXT""}"
2024-01-05 10:00:00,2024-01-05 10:03:00,IP Address,203.0.113.7,100,180,True,2024-01-05 10:03:01,R_1,Anna@Example.com,17850,52.5,email,EN,Promoter,10,"Kind people, quick answer",5,2,
2024-01-05 11:00:00,2024-01-05 11:03:00,IP Address,203.0.113.8,100,150,True,2024-01-05 11:03:01,R_2,bob@example.com,,52.5,email,DE,Detractor,0,Zu lange gewartet und nichts gehört,2,1,
2024-01-06 11:00:00,2024-01-06 11:01:00,IP Address,203.0.113.9,40,50,False,2024-01-06 11:03:01,R_3,,,52.5,anonymous,EN,,,It was never answered,,1,
2024-01-06 12:00:00,2024-01-06 12:01:00,Survey Preview,203.0.113.9,100,50,True,2024-01-06 12:03:01,R_4,,,52.5,preview,EN,Promoter,10,test test test,5,1,
`

const typeform = `#,How likely are you to recommend Acme to a friend?,What could we do better for you?,How would you rate our support?,Which plan are you on?,email,Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags
abc1,9,"Faster answers, please, on weekends",5,Pro,Anna@example.com,completed,2024-03-01 10:00:00,,2024-03-01 23:30:00,aa,
abc2,3,The app loses my orders again and again,2,Basic,,completed,2024-03-02 10:00:00,,2024-03-02 10:02:00,bb,
`

// rowsOf are the lines of the last batch, some columns of each.
func rowsOf(b *testBook, columns ...string) (out []string) {
	for _, name := range columns {
		for i, cell := range b.fake.column(name) {
			if len(out) <= i {
				out = append(out, cell)
			} else {
				out[i] += "|" + cell
			}
		}
	}
	return out
}

func TestAnswersOfQualtrics(t *testing.T) {
	b := newBook(t)
	got := b.take(t, "f.csv", qualtrics, Request{}, "")
	if got.Preset != "Qualtrics answers" || got.Kind != clientele.Feedback || got.Source != "qualtrics" {
		t.Fatalf("%q as %s of %s: %+v", got.Preset, got.Kind, got.Source, got.Warnings)
	}
	for field, column := range map[string]string{"response": surveyID, "customer": surveyCustomer, "time": surveyTime, "score": surveyAnswer, "text": surveyText, "language": surveyLanguage} {
		if got.Mapping[field] != column {
			t.Errorf("%s=%s", field, got.Mapping[field])
		}
	}
	for _, text := range got.Mapping {
		if strings.Contains(text, "IPAddress") || strings.Contains(text, "Location") {
			t.Errorf("%s is read", text)
		}
	}
	want := []string{
		"R_1-Q1|17850|2024-01-05 10:03:01|en|How likely are you to recommend us?|nps|10|0|10|Kind people, quick answer",
		"R_1-Q3_1|17850|2024-01-05 10:03:01|en|How satisfied were you with delivery?|csat|5|1|5|",
		"R_2-Q1|bob@example.com|2024-01-05 11:03:01|de|How likely are you to recommend us?|nps|0|0|10|Zu lange gewartet und nichts gehört",
		"R_2-Q3_1|bob@example.com|2024-01-05 11:03:01|de|How satisfied were you with delivery?|csat|2|1|5|",
		"R_3-Q2||2024-01-06 11:03:01|en|What is the main reason for your score?|||||It was never answered",
	}
	columns := []string{surveyID, surveyCustomer, surveyTime, surveyLanguage, surveyQuestion, surveyInstrument, surveyAnswer, surveyLow, surveyHigh, surveyText}
	if diff := cmp.Diff(want, rowsOf(b, columns...)); diff != "" {
		t.Error(diff)
	}
	for _, message := range []string{"not read, for they may be choices: Q4", `1 rows left out: answers with status "Survey Preview"`, "2 count as nothing: questions that were not answered"} {
		if !cmp.Equal(1, countProblems(got.Warnings, message)) {
			t.Errorf("%q is not said: %+v", message, got.Warnings)
		}
	}
	if err := b.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, rowsOf(b, columns...)); diff != "" {
		t.Errorf("after a rebuild: %s", diff)
	}
}

func countProblems(problems []Problem, message string) (n int) {
	for _, p := range problems {
		if p.Message == message {
			n++
		}
	}
	return n
}

func TestAnswersOfTypeform(t *testing.T) {
	b := newBook(t)
	got := b.take(t, "f.csv", typeform, Request{}, "")
	want := []string{
		"abc1-How likely are you to recommend Acme to a friend?|anna@example.com|2024-03-01 23:30:00 +0000|nps|9|10|Faster answers, please, on weekends",
		"abc1-How would you rate our support?|anna@example.com|2024-03-01 23:30:00 +0000|rating|5|5|",
		"abc2-How likely are you to recommend Acme to a friend?||2024-03-02 10:02:00 +0000|nps|3|10|The app loses my orders again and again",
		"abc2-How would you rate our support?||2024-03-02 10:02:00 +0000|rating|2|5|",
	}
	if diff := cmp.Diff(want, rowsOf(b, surveyID, surveyCustomer, surveyTime, surveyInstrument, surveyAnswer, surveyHigh, surveyText)); diff != "" {
		t.Errorf("%s %+v", diff, got)
	}
	if got.Preset != "Typeform answers" || countProblems(got.Warnings, "not read, for they may be choices: Which plan are you on?") != 1 {
		t.Errorf("%q: %+v", got.Preset, got.Warnings)
	}
}

const wide = `respondent id,date,city,Q7 wifi,Q7 food,NETPRO,why
1,2024-05-01,Rome,4,0,9,Quick and kind all along
2,2024-05-02,Rome,,2,4,"Too slow, far too slow"
3,2024-05-02,Rome,,,,
`

// Several scores in a row become answers to several questions, in one import.
func TestAFileOfManyQuestions(t *testing.T) {
	b := newBook(t)
	asked := Request{Map: []string{`question=Q7*`, "question=NETPRO, why", "not_applicable=answer = 0", "scale_min=if(answer_instrument='nps', 0, 1)"}}
	got := b.take(t, "f.csv", wide, asked, "")
	if got.Kind != clientele.Feedback || got.Preset != `questions: "Q7 wifi", "Q7 food", "NETPRO", "why"` {
		t.Fatalf("%s: %q", got.Kind, got.Preset)
	}
	want := map[string]string{
		"response": `concat("respondent id", '-', answer_id)`, "time": "date", "touchpoint": "if(answer_instrument = 'nps', '', question)", "instrument": surveyInstrument,
		"score": surveyAnswer, "scale_min": "if(answer_instrument = 'nps', 0, 1)", "scale_max": surveyHigh, "not_applicable": "answer = 0", "text": surveyText,
	}
	if diff := cmp.Diff(want, got.Mapping); diff != "" {
		t.Error(diff)
	}
	rows := []string{
		"1|Q7 wifi|4|rating|", "1|Q7 food|0|rating|", "1|NETPRO|9|nps|Quick and kind all along",
		"2|Q7 food|2|rating|", "2|NETPRO|4|nps|Too slow, far too slow",
	}
	if diff := cmp.Diff(rows, rowsOf(b, "respondent id", surveyQuestion, surveyAnswer, surveyInstrument, surveyText)); diff != "" {
		t.Error(diff)
	}
	if countProblems(got.Warnings, "1 rows left out: respondents who answered none of the questions") != 1 {
		t.Errorf("%+v", got.Warnings)
	}
	if again := b.take(t, "f.csv", wide, asked, ""); again.State != StateUnchanged {
		t.Errorf("the same again is %s", again.State)
	}
	// The next file with these columns is read like it, unless others are named.
	next := b.take(t, "g.csv", strings.ReplaceAll(wide, "2024-05", "2024-06"), Request{}, "")
	if next.Preset != got.Preset || next.Mapping["not_applicable"] != "answer = 0" || next.Loaded != 5 {
		t.Errorf("%q: %+v", next.Preset, next)
	}
	_, err := b.Import(t.Context(), write(t, "f.csv", wide), Request{Map: []string{"question=NETPRO"}})
	if clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("other questions: %v", err)
	}
	other := b.take(t, "f.csv", wide, Request{Map: []string{"question=NETPRO"}, Replace: true}, "")
	if other.Preset != `questions: "NETPRO"` || other.Loaded != 2 {
		t.Errorf("%+v", other)
	}
}

func TestQuestionsThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		r    Request
		says string
	}{
		"no such column":   {wide, Request{Map: []string{"question=NETPR"}}, "no such column"},
		"other kind":       {wide, Request{Kind: clientele.Customers, Map: []string{"question=NETPRO"}}, "have no questions"},
		"their own answer": {strings.Replace(wide, "city", "Answer", 1), Request{Map: []string{"question=NETPRO"}}, `called "Answer"`},
		"nothing answered": {wide[:strings.Index(wide, "\n")+1] + "1,2024-05-01,Rome,,,,\n", Request{Map: []string{"question=NETPRO"}}, "was rejected"},
	} {
		_, err := newBook(t).Import(t.Context(), write(t, "f.csv", c.text), c.r)
		if err == nil || !strings.Contains(err.Error(), c.says) && name != "nothing answered" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever columns are called, their list reads as it was written.
func TestListsOfNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`[^\x00]{1,12}`), 1, 5).Draw(t, "names")
		if diff := cmp.Diff(names, splitList(quotedList(names))); diff != "" {
			t.Fatal(diff)
		}
	})
	if diff := cmp.Diff([]string{"a b", "c,d", `e"f`}, splitList(` a b ,"c,d", "e""f",,`)); diff != "" {
		t.Error(diff)
	}
}

func TestManyQuestionsOfSharedData(t *testing.T) {
	for name, c := range map[string]struct {
		maps []string
		read int64
	}{
		"sfo_survey_2017/2017_SFO_Customer_Survey_20250817.csv": {[]string{"question=Q7*", "question=NETPRO", "time=add_days(date('2017-04-30'), INTDATE)"}, 0},
		"airline_satisfaction/airline_satisfaction_test.csv":    {[]string{`question=Inflight wifi service, Seat comfort, Cleanliness`, "time=date('2024-01-01')", "response=concat(id, '-', answer_id)"}, 0},
	} {
		in, err := Inspect(t.Context(), shareddata.Path(t, name), t.TempDir(), Request{Map: c.maps})
		if err != nil || !in.Importable || in.Kind != clientele.Feedback {
			t.Errorf("%s: %v %+v", name, err, in.Problems)
		}
	}
}
