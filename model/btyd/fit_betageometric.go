package btyd

import (
	"math"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/mathx"
)

var betaGeometricNames = []string{"r", "alpha", "a", "b"}

var bgFamily = family[BGNBD]{
	name: "BG/NBD", names: betaGeometricNames,
	of:     func(v []float64) BGNBD { return BGNBD{v[0], v[1], v[2], v[3]} },
	add:    func(p BGNBD, g *Grid, c *chunk, sum []float64) { p.core().add(g, c, sum) },
	starts: (*Grid).betaGeometricStarts, limit: betaGeometricLimit,
}

var mbgFamily = family[MBGNBD]{
	name: "MBG/NBD", names: betaGeometricNames,
	of:     func(v []float64) MBGNBD { return MBGNBD{v[0], v[1], v[2], v[3]} },
	add:    func(p MBGNBD, g *Grid, c *chunk, sum []float64) { p.core().add(g, c, sum) },
	starts: (*Grid).betaGeometricStarts, limit: betaGeometricLimit,
}

// FitBGNBD fits cells by maximum likelihood. The error is a *fit.Refusal: see
// FitParetoNBD.
func FitBGNBD(cells []Cell, o Options) (*Fit[BGNBD], error) { return bgFamily.fit(cells, o) }

// FitMBGNBD fits cells by maximum likelihood. The error is a *fit.Refusal: see
// FitParetoNBD.
func FitMBGNBD(cells []Cell, o Options) (*Fit[MBGNBD], error) { return mbgFamily.fit(cells, o) }

// add adds a chunk's log-likelihood and its derivatives by r, α, a, b to sum. Cells
// of one age follow one another and share its logarithm.
func (p betaGeometric) add(g *Grid, c *chunk, sum []float64) {
	k, n := p.rho(c.x), c.x+p.first
	leave := p.logLeave(n)
	hush := p.hush(c.x)
	var weight, l, byR, byAlpha, left float64
	age, end, logEnd := int32(-1), 0.0, 0.0
	for i := c.lo; i < c.hi; i++ {
		if g.t[i] != age {
			age = g.t[i]
			end = p.alpha + float64(age)/DaysPerWeek
			logEnd = math.Log(end)
		}
		w, last := g.n[i], p.alpha+float64(g.tx[i])/DaysPerWeek
		grown := math.Log(end / last)
		e := silence{}
		if p.k > 1 {
			e = hush.at((end - last) / end)
		}
		plus, dead := softplus(leave + k*grown - e.log)
		dead *= w
		weight += w
		left += dead
		l += w * (e.log + plus - k*logEnd)
		byR += (w-dead)*e.byRho + dead*grown - w*logEnd
		byAlpha -= (w-dead)*(k+e.passed)/end + dead*k/last
	}
	stages := float64(p.k) * c.x
	lnAlpha := math.Log(p.alpha)
	both := digamma(p.a+p.b) - digamma(p.a+p.b+n)
	sum[0] += l + weight*(mathx.LgammaDiff(p.r, stages)-c.x*mathx.Lgamma(float64(p.k))+p.r*lnAlpha+
		mathx.LgammaDiff(p.b, n)-mathx.LgammaDiff(p.a+p.b, n))
	sum[1] += byR + weight*(digamma(k)-digamma(p.r)+lnAlpha)
	sum[2] += byAlpha + weight*p.r/p.alpha
	sum[3] += weight*both + left/p.a
	sum[4] += weight * (digamma(p.b+n) - digamma(p.b) + both)
	if n > 0 {
		sum[4] -= left / (p.b + n - 1)
	}
}

// hush holds what the cells of one frequency share of E, see phases.
type hush struct {
	k      int
	growth [MaxRegularity]float64 // term j+1 over term j, per v
	byRho  [MaxRegularity]float64 // d ln term j / dρ
}

func (p betaGeometric) hush(x float64) (q hush) {
	q.k = p.k
	rho := p.rho(x)
	for j := range p.k - 1 {
		i := float64(j)
		q.growth[j] = (rho + i) / (i + 1)
		q.byRho[j+1] = q.byRho[j] + 1/(rho+i)
	}
	return q
}

// silence is ln E, its derivative by ρ = r+kx, and the mean of the stages passed
// since the last purchase, which is its derivative by ln v.
type silence struct{ log, byRho, passed float64 }

func (q *hush) at(v float64) silence {
	term, sum, byRho, passed := 1.0, 1.0, 0.0, 0.0
	for j := 1; j < q.k; j++ {
		term *= q.growth[j-1] * v
		sum += term
		byRho += term * q.byRho[j]
		passed += term * float64(j)
	}
	return silence{math.Log(sum), byRho / sum, passed / sum}
}

// softplus is ln(1 + e^x) with its derivative, by one exponential.
func softplus(x float64) (v, derivative float64) {
	e := math.Exp(-math.Abs(x))
	if x > 0 {
		return x + math.Log1p(e), 1 / (1 + e)
	}
	return math.Log1p(e), e / (1 + e)
}

// betaGeometricStarts spread over shapes of rate and leaving.
func (g *Grid) betaGeometricStarts() [][]float64 {
	rate, _ := g.means()
	var out [][]float64
	for _, k := range [][3]float64{ // r, a, b
		{0.3, 0.8, 2.5}, {1, 0.3, 3}, {0.5, 1, 1}, {2, 0.1, 0.5}, {0.5, 4, 12},
	} {
		out = append(out, []float64{k[0], k[0] / (rate * (1 + k[1]/k[2])), k[1], k[2]})
	}
	return out
}

// betaGeometricLimit names the model at the edge that ln θ heads for.
func betaGeometricLimit(x []float64) (limit, message, hint string) {
	const far = fit.MaxLogParameter - 2
	r, alpha, a, b := x[0], x[1], x[2], x[3]
	switch {
	case a < -far && b > -far/2, b > far && a < far/2:
		return nbdName, "The data show no customer leaving: the probability of leaving goes to zero.",
			"Use a longer record: the customers' silences are still too short to tell who has left."
	case a > far/2 && b > far/2:
		return "NBD with one probability of leaving (geometric)", "The data do not show that customers differ in how readily they leave.",
			"Use a longer record, or more customers."
	case r > far/2 && alpha > far/2:
		return "one purchase rate (Poisson with beta-geometric leaving)", "The data do not show that customers differ in how often they buy.",
			"Check that customer ids are those of single customers; use a longer record."
	case a < -far/2 || b < -far/2:
		return "customers who leave at once beside NBD", "A share of the customers seems to leave at the first occasion and the rest never.",
			"Use a longer record, or look at one-time buyers apart."
	default:
		return "a limit of the beta-geometric/NBD", "The likelihood has no maximum inside the model: it rises towards the edge.",
			"Use a longer record, or more customers."
	}
}
