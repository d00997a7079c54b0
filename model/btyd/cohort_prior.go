package btyd

import (
	"math"

	"github.com/clientele/clientele/model/fit"
	"gonum.org/v1/gonum/mat"
)

// quadratic4 is a log-likelihood near an estimate, −½η'Aη + u'η + … in ln θ, straight
// in the directions in which the likelihood bends upwards. Without A it says nothing.
type quadratic4 struct {
	a    *mat.SymDense
	u    *mat.VecDense
	grad []float64 // u − Aη at the estimate
}

// around takes a likelihood's quadratic at ln θ = x: A by differences of the gradient.
func around(like fit.Problem, x []float64) quadratic4 {
	if !(like.Weight > 0) {
		return quadratic4{}
	}
	const h = 1e-4
	grad, up, down := make([]float64, 4), make([]float64, 4), make([]float64, 4)
	like.LogLikelihood(x, grad)
	rows := make([][]float64, 4)
	for i := range x {
		y := append([]float64(nil), x...)
		y[i] += h
		like.LogLikelihood(y, up)
		y[i] -= 2 * h
		like.LogLikelihood(y, down)
		rows[i] = make([]float64, 4)
		for j := range x {
			rows[i][j] = (down[j] - up[j]) / (2 * h)
		}
	}
	a := mat.NewSymDense(4, nil)
	for i := range 4 {
		for j := range i + 1 {
			a.SetSym(i, j, (rows[i][j]+rows[j][i])/2)
		}
	}
	q := quadratic4{a: onSpectrum(a, func(v float64) float64 { return math.Max(v, 0) }), u: mat.NewVecDense(4, nil), grad: grad}
	q.u.MulVec(q.a, mat.NewVecDense(4, x))
	q.u.AddVec(q.u, mat.NewVecDense(4, grad))
	return q
}

// onSpectrum applies a function to the eigenvalues of a symmetric matrix.
func onSpectrum(a *mat.SymDense, of func(float64) float64) *mat.SymDense {
	values, vectors := spectrum(a)
	out := mat.NewSymDense(4, nil)
	for k, v := range values {
		out.SymRankOne(out, of(v), vectors.ColView(k))
	}
	return out
}

func spectrum(a *mat.SymDense) ([]float64, *mat.Dense) {
	var e mat.EigenSym
	if !e.Factorize(a, true) {
		nan := math.NaN()
		return []float64{nan, nan, nan, nan}, mat.NewDense(4, 4, nil)
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	return e.Values(nil), &vectors
}

// normal4 is how ln θ is distributed over cohorts.
type normal4 struct {
	mean    []float64
	between *mat.SymDense
	cov     *mat.SymDense // of the mean
}

// leastVariance is the variance of ln θ between cohorts, in any direction, below
// which it is none: a thousandth up or down.
const leastVariance = 1e-6

// root gives the principal directions in which cohorts differ, with lengths of one
// standard deviation.
func (n normal4) root() [][]float64 {
	values, vectors := spectrum(n.between)
	var out [][]float64
	for k, v := range values {
		if v > leastVariance {
			r := mat.Col(nil, k, vectors)
			for i := range r {
				r[i] *= math.Sqrt(v)
			}
			out = append(out, r)
		}
	}
	return out
}

// nearness is how far, in ln θ, a round may still move the company's parameters and
// the standard deviations between cohorts.
const nearness = 1e-4

func (n normal4) near(before normal4) bool {
	for i := range n.mean {
		sd, was := math.Sqrt(n.between.At(i, i)), math.Sqrt(before.between.At(i, i))
		if !(math.Abs(n.mean[i]-before.mean[i]) < nearness && math.Abs(sd-was) < nearness) {
			return false
		}
	}
	return true
}

// maxSteps and stepTolerance end the search for the covariance between cohorts.
const (
	maxSteps      = 2000
	stepTolerance = 1e-8
)

// spread finds centre and covariance of cohorts by restricted maximum likelihood on
// the quadratics, through the minorisations of Zhou, Hu, Qiao and Lange (Journal of
// Computational and Graphical Statistics 28, 2019): every step raises it, keeps the
// covariance one, and goes to zero quickly where there is no difference.
func (b *bayes) spread() error {
	start := b.prior.between
	between := start
	for range maxSteps {
		r, ok := b.restricted(between)
		if !ok {
			return b.flat()
		}
		next := r.step(between)
		var moved mat.Dense
		moved.Sub(next, between)
		between = next
		if mat.Norm(&moved, math.Inf(1)) < stepTolerance {
			break
		}
		if moved.Sub(between, start); mat.Norm(&moved, 2) > mat.Norm(start, 2)/2 {
			break // too far for the quadratics
		}
	}
	between = onSpectrum(between, func(v float64) float64 {
		if v > leastVariance {
			return v
		}
		return 0
	})
	r, ok := b.restricted(between)
	if !ok {
		return b.flat()
	}
	b.prior = normal4{mean: r.mean.RawVector().Data, between: between, cov: r.cov}
	return nil
}

func (b *bayes) flat() error {
	return &fit.Refusal{Reason: fit.Flat, Model: cohortName, Last: b.start.Estimate,
		Message: "The cohorts' data do not tell the parameters apart.", Hint: "Use a longer record, or one fit for all."}
}

// restricted is what the quadratics say under a covariance between cohorts: the
// centre, its covariance, and the two parts of the derivative of the restricted
// log-likelihood by the covariance, ½ (scores − information).
type restricted struct {
	mean                *mat.VecDense
	cov                 *mat.SymDense
	scores, information *mat.SymDense
}

// restricted is false where the centre cannot be told.
func (b *bayes) restricted(between *mat.SymDense) (restricted, bool) {
	r := restricted{mean: mat.NewVecDense(4, nil), cov: mat.NewSymDense(4, nil), scores: mat.NewSymDense(4, nil), information: mat.NewSymDense(4, nil)}
	w, v := make([]*mat.SymDense, len(b.stands)), make([]*mat.VecDense, len(b.stands))
	sum := mat.NewVecDense(4, nil)
	for k, s := range b.stands {
		if s.local.a == nil {
			continue
		}
		w[k], v[k] = s.local.marginal(between)
		r.information.AddSym(r.information, w[k])
		sum.AddVec(sum, v[k])
	}
	var chol mat.Cholesky
	if !chol.Factorize(r.information) || chol.InverseTo(r.cov) != nil {
		return r, false
	}
	r.mean.MulVec(r.cov, sum)
	minus := mat.NewSymDense(4, nil)
	minus.ScaleSym(-1, r.cov)
	for k := range w {
		if w[k] == nil {
			continue
		}
		var score mat.VecDense
		score.MulVec(w[k], r.mean)
		score.SubVec(v[k], &score)
		r.scores.SymRankOne(r.scores, 1, &score)
		r.information.AddSym(r.information, sandwich(w[k], minus))
	}
	return r, true
}

// marginal is the quadratic of the centre that a cohort's is under a covariance
// Γ between cohorts: (I + AΓ)⁻¹A and (I + AΓ)⁻¹u. Neither A nor Γ need be regular.
func (q quadratic4) marginal(between *mat.SymDense) (*mat.SymDense, *mat.VecDense) {
	var d, w mat.Dense
	d.Mul(q.a, between)
	plusOne(&d)
	v := mat.NewVecDense(4, nil)
	if w.Solve(&d, q.a) != nil || v.SolveVec(&d, q.u) != nil {
		return mat.NewSymDense(4, nil), mat.NewVecDense(4, nil)
	}
	return symmetric(&w), v
}

// posterior is the covariance of a cohort's ln θ: C + F·cov·F', with F = (I + ΓA)⁻¹
// and C = FΓ, which is the part that does not come from the centre.
func (q quadratic4) posterior(n normal4) (whole, own *mat.SymDense) {
	if q.a == nil {
		q.a = mat.NewSymDense(4, nil)
	}
	d, f, c := mat.NewDense(4, 4, nil), mat.NewDense(4, 4, nil), mat.NewDense(4, 4, nil)
	d.Mul(n.between, q.a)
	plusOne(d)
	if f.Inverse(d) != nil {
		return quadratic4{}.posterior(n)
	}
	c.Mul(f, n.between)
	own, whole = symmetric(c), mat.NewSymDense(4, nil)
	c.Product(f, n.cov, f.T())
	whole.AddSym(own, symmetric(c))
	return whole, own
}

// step is the covariance Γ' that solves Γ'·M·Γ' = Γ·S·Γ, M the information and S the
// scores: L⁻¹ (LΓSΓL)^½ L⁻¹ with M = L², L symmetric.
func (r restricted) step(between *mat.SymDense) *mat.SymDense {
	values, vectors := spectrum(r.information)
	l, inverse := mat.NewDense(4, 4, nil), mat.NewDense(4, 4, nil)
	for k, v := range values {
		// rounding may take what cohorts do not tell below zero
		root := math.Sqrt(math.Max(v, leastInformation*values[3]))
		l.RankOne(l, root, vectors.ColView(k), vectors.ColView(k))
		inverse.RankOne(inverse, 1/root, vectors.ColView(k), vectors.ColView(k))
	}
	var half, out mat.Dense
	half.Mul(between, l)
	root := onSpectrum(sandwich(&half, r.scores), func(v float64) float64 { return math.Sqrt(math.Max(v, 0)) })
	out.Product(inverse, root, inverse)
	return symmetric(&out)
}

// leastInformation is the smallest eigenvalue of the information, as a share of the
// largest, that is told from none.
const leastInformation = 1e-10

// sandwich is m'·a·m.
func sandwich(m mat.Matrix, a *mat.SymDense) *mat.SymDense {
	var out mat.Dense
	out.Product(m.T(), a, m)
	return symmetric(&out)
}

func symmetric(m *mat.Dense) *mat.SymDense {
	out := mat.NewSymDense(4, nil)
	for i := range 4 {
		for j := range i + 1 {
			out.SetSym(i, j, (m.At(i, j)+m.At(j, i))/2)
		}
	}
	return out
}

func plusOne(m *mat.Dense) {
	for i := range 4 {
		m.Set(i, i, m.At(i, i)+1)
	}
}
