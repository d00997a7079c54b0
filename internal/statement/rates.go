package statement

import "github.com/clientele/clientele"

// ratesOf computes the rates by the definitions of the design. A rate whose
// denominator is not positive is nil, with the reason.
func ratesOf(m clientele.Movement) clientele.Rates {
	r := clientele.Rates{Why: map[string]string{}}
	if opening := float64(m.Heads.Opening); opening > 0 {
		r.Churn = new(float64(m.Heads.LostOfOpening) / opening)
		r.Retention = new(1 - *r.Churn)
	} else {
		const why = "no customer was active at opening"
		r.Why["churn"], r.Why["retention"] = why, why
	}
	if m.LapsedAtOpening > 0 {
		r.Reactivation = new(float64(m.ReactivatedStock) / float64(m.LapsedAtOpening))
	} else {
		r.Why["reactivation"] = "no customer had lapsed by opening"
	}
	v := m.Value
	if m.Recurring != nil && v.Opening.Sign() <= 0 { // contracts alone
		v = *m.Recurring
	}
	if r.GRR, r.NRR = v.Kept(); r.GRR == nil {
		const why = "the value at opening is not positive"
		r.Why["grr"], r.Why["nrr"] = why, why
	}
	return r
}
