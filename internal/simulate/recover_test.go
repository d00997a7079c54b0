package simulate_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/simulate"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
)

// history is what a company knows of one customer's purchases: net cents by day,
// and the days with a sale.
type history map[clientele.Date]*struct {
	cents int64
	sale  bool
}

func histories(t testing.TB, lines [][]string) map[string]history {
	out := map[string]history{}
	for _, r := range lines {
		id, sale := strings.TrimSpace(r[3]), r[6] != "-1"
		if id == "" {
			continue
		}
		amount, err := strconv.ParseFloat(r[7], 64)
		if err != nil {
			t.Fatal(err)
		}
		day := clientele.MustDate(r[2][:10])
		if out[id] == nil {
			out[id] = history{}
		}
		if out[id][day] == nil {
			out[id][day] = new(struct {
				cents int64
				sale  bool
			})
		}
		out[id][day].cents += int64(math.Round(100 * amount))
		out[id][day].sale = out[id][day].sale || sale
	}
	return out
}

// summarise gives the cell of one customer and the row of repeat spend.
func (h history) summarise(to clientele.Date) (btyd.Cell, spend.Row) {
	first, last := to, clientele.Date(0)
	for day, d := range h {
		if d.sale {
			first, last = min(first, day), max(last, day)
		}
	}
	cell, row := btyd.Cell{Tx: int(last - first), T: int(to - first), N: 1}, spend.Row{N: 1}
	for day, d := range h {
		if d.sale && day > first {
			cell.X++
			if d.cents > 0 {
				row.X++
				row.SumZ += float64(d.cents) / 100
			}
		}
	}
	return cell, row
}

func TestFitRecoversTheTruth(t *testing.T) {
	truth, files := company(t, simulate.Config{})
	lines := rows(t, files[clientele.Transactions])
	var cells []btyd.Cell
	var money []spend.Row
	for _, h := range histories(t, lines[:len(lines)-3]) {
		cell, row := h.summarise(truth.To)
		cells, money = append(cells, cell), append(money, row)
	}
	if int64(len(cells)) != truth.Customers {
		t.Fatalf("%d customers, want %d", len(cells), truth.Customers)
	}
	purchases, err := btyd.FitParetoNBD(cells, btyd.Options{})
	if err != nil {
		t.Fatal(err)
	}
	within(t, purchases.Estimate, truth.R, truth.Alpha, truth.S, truth.Beta)
	spending, err := spend.FitGammaGamma(money, spend.Options{})
	if err != nil {
		t.Fatal(err)
	}
	within(t, spending.Estimate, truth.P, truth.Q, truth.V)
}

// within fails where an estimate lies more than four standard errors off.
func within(t *testing.T, e *fit.Estimate, truth ...float64) {
	t.Helper()
	for i, want := range truth {
		z := (e.Theta[i] - want) / e.SE[i]
		t.Logf("%s = %.4f ± %.4f, truth %.4f, z %.2f", e.Names[i], e.Theta[i], e.SE[i], want, z)
		if !(math.Abs(z) < 4) {
			t.Errorf("%s = %.4f ± %.4f, truth %.4f", e.Names[i], e.Theta[i], e.SE[i], want)
		}
	}
}
