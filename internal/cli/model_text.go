package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/clientele/clientele"
)

// writeModelText writes what is known of a model for people to read.
func writeModelText(w *bufio.Writer, name string, m clientele.ModelRun) error {
	p := page{w}
	fmt.Fprintf(p, "%s: the model of customers as of %s\n\n", name, m.AsOf)
	if m.Refused != "" {
		p.note("Customers cannot be valued. " + m.Refused)
	}
	if m.Model != "" {
		p.note(fmt.Sprintf("%s, fitted to %s customers, of whom %s bought again.", m.Name, whole(m.Customers), whole(m.Repeaters)))
		p.trust(m)
		p.check(m.Check)
		p.parameters(m)
	}
	p.choice(m.Choice)
	p.warnings(m)
	return w.Flush()
}

var trustWords = map[clientele.TrustVerdict]string{
	clientele.Trusted: "Yes.", clientele.Fair: "With care.", clientele.Unchecked: "It cannot be told.", clientele.Rejected: "No.",
}

func (p page) trust(m clientele.ModelRun) {
	p.section("Can it be trusted?", "")
	p.note(trustWords[m.Trust.Verdict] + " " + m.Trust.Words)
	for _, todo := range m.Trust.Todo {
		p.note("→ " + todo)
	}
}

// warnings are those that trust does not say already.
func (p page) warnings(m clientele.ModelRun) {
	said, begun := append([]string{m.Trust.Words}, m.Trust.Todo...), false
	for _, w := range m.Warnings {
		if slices.Contains(said, w) {
			continue
		}
		if !begun {
			p.section("Beware", "")
			begun = true
		}
		p.note(w)
	}
}

func (p page) check(c *clientele.ModelCheck) {
	if c == nil {
		return
	}
	p.section(fmt.Sprintf("Held against what came after, %s to %s", c.CalibratedTo+1, c.To), "")
	p.line("repeat purchases made", whole(c.Actual))
	p.line("expected", whole(int64(c.Expected+.5)))
	p.line("  95 % interval", whole(int64(c.Low+.5))+" to "+whole(int64(c.High+.5)))
	p.line("bias of the total", percent(c.Bias))
	if c.MAPE != nil {
		p.line("cumulative total off by, on average", fmt.Sprintf("%.2f %%", 100**c.MAPE))
	}
	p.line("error per customer (MAE)", fmt.Sprintf("%.4f", c.MAE))
	p.line("root mean square error", fmt.Sprintf("%.4f", c.RMSE))
	p.line("ranked probability score (CRPS)", fmt.Sprintf("%.5f", c.CRPS))
	if c.AUC != nil {
		p.line("buyers told from others (AUC)", fmt.Sprintf("%.4f", *c.AUC))
	}
	for _, s := range c.Sets {
		p.line(fmt.Sprintf("%.0f %% ranges of single customers hold", 100*s.Nominal), fmt.Sprintf("%.1f %%", 100*s.Covered))
	}
	p.table([]string{"purchases before", "customers", "then bought", "expected", "in 90 % range"}, classRows(c.ByFrequency), 0)
}

// classRows are customers by purchases up to the calibration's end.
func classRows(classes []clientele.FrequencyClass) [][]string {
	var rows [][]string
	for _, f := range classes {
		label := strconv.Itoa(f.Orders)
		if f.OrMore {
			label += " or more"
		}
		covered := ""
		if f.Covered != nil {
			covered = fmt.Sprintf("%.1f %%", 100**f.Covered)
		}
		rows = append(rows, []string{label, whole(f.Customers), fmt.Sprintf("%.3f", f.Actual), fmt.Sprintf("%.3f", f.Expected), covered})
	}
	return rows
}

func (p page) parameters(m clientele.ModelRun) {
	if len(m.Parameters) == 0 {
		return
	}
	var rows [][]string
	for _, q := range m.Parameters {
		interval := "given"
		if q.SE != nil {
			interval = significant(q.Low, "0") + " to " + significant(q.High, "∞")
		}
		meaning, _, _ := strings.Cut(q.Meaning, ":") // the rest is for those who ask for more
		rows = append(rows, []string{q.Name, significant(&q.Estimate, ""), interval, meaning})
	}
	p.table([]string{"parameter", "estimate", "95 % interval", "meaning"}, rows, 0, 3)
	p.note(m.Intervals)
}

// significant writes a number to four digits, or what stands for none.
func significant(v *float64, none string) string {
	if v == nil {
		return none
	}
	return strconv.FormatFloat(*v, 'g', 4, 64)
}

func (p page) choice(c *clientele.ModelChoice) {
	p.section("How it was chosen", "")
	if c == nil {
		p.note("It is the default: the models were never compared on these records. Compare them with --compare.")
		return
	}
	p.note(fmt.Sprintf("%s, by the comparison as of %s.", c.Name, c.AsOf))
	for _, reason := range c.Reasons {
		p.note(reason)
	}
	p.note(c.Scheme)
	var rows [][]string
	for _, r := range c.Candidates {
		rows = append(rows, candidateRow(r))
	}
	p.table([]string{"candidate", "CRPS", "behind the best", "bias", "MAE", "ln likelihood", "verdict"}, rows, 0, 6)
	for _, r := range c.Candidates {
		if r.Verdict == clientele.CandidateRefused {
			p.note(r.Name + ": " + r.Words)
		}
	}
}

var verdictWords = map[clientele.CandidateVerdict]string{
	clientele.CandidateChosen: "chosen", clientele.CandidateEqual: "as good, within chance", clientele.CandidateWorse: "worse",
	clientele.CandidateFloor: "the floor", clientele.CandidateRefused: "refused",
}

func candidateRow(r clientele.ModelCandidate) []string {
	verdict := cmp.Or(verdictWords[r.Verdict], string(r.Verdict))
	if r.CRPS == nil {
		return []string{r.Name, "", "", "", "", "", verdict}
	}
	likelihood := "–" // it does not compare
	if r.LogLikelihood != nil {
		likelihood = strings.Replace(fmt.Sprintf("%.3f", *r.LogLikelihood), "-", "−", 1)
	}
	return []string{
		r.Name, fmt.Sprintf("%.5f", *r.CRPS), fmt.Sprintf("%.5f ± %.5f", *r.Behind, *r.BehindSE), percent(*r.Bias), fmt.Sprintf("%.4f", *r.MAE), likelihood, verdict,
	}
}

// percent writes a fraction with its sign.
func percent(f float64) string { return strings.Replace(fmt.Sprintf("%+.1f %%", 100*f), "-", "−", 1) }

// table writes rows under their headings, to the right but for the columns of words.
func (p page) table(heads []string, rows [][]string, words ...int) {
	all := append([][]string{heads}, rows...)
	widths := make([]int, len(heads))
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	p.WriteString("\n")
	for _, row := range all {
		line := ""
		for i, cell := range row {
			if slices.Contains(words, i) {
				line += "  " + pad(cell, widths[i]+1)
			} else {
				line += " " + padLeft(cell, widths[i]+1)
			}
		}
		p.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
