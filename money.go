package clientele

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// MoneyScale is the number of decimals that records keep.
const MoneyScale = 12

var moneyUnit = new(big.Int).Exp(big.NewInt(10), big.NewInt(MoneyScale), nil)

// Money is an exact decimal amount with up to MoneyScale decimals, in the
// currency of the book. The zero value is 0. Values are immutable.
type Money struct {
	units *big.Int // in 10^-MoneyScale; nil is 0; never changed once set
}

// MoneyFromUnits makes an amount of units × 10^-scale. It fails if scale exceeds
// MoneyScale. It keeps no reference to units.
func MoneyFromUnits(units *big.Int, scale int) (Money, error) {
	if scale > MoneyScale || scale < 0 {
		return Money{}, Errorf(CodeInvalid, "an amount with %d decimals: at most %d are kept", scale, MoneyScale)
	}
	factor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(MoneyScale-scale)), nil)
	return Money{factor.Mul(factor, units)}, nil
}

// ParseMoney reads a plain decimal such as "-12.50".
func ParseMoney(s string) (Money, error) {
	digits, frac, _ := strings.Cut(s, ".")
	plain := strings.TrimLeft(digits, "+-")
	if len(digits)-len(plain) > 1 || plain+frac == "" || strings.Trim(plain+frac, "0123456789") != "" {
		return Money{}, Errorf(CodeInvalid, "%q is not an amount", s).WithHint("Write amounts as plain decimals, for example 1234.50.")
	}
	units, ok := new(big.Int).SetString(digits+frac, 10)
	if !ok {
		return Money{}, Errorf(CodeInvalid, "%q is not an amount", s)
	}
	return MoneyFromUnits(units, len(frac))
}

// MustMoney is ParseMoney for constants; it panics on bad input.
func MustMoney(s string) Money {
	m, err := ParseMoney(s)
	if err != nil {
		panic(err)
	}
	return m
}

// EstimateMoney rounds an estimate to two decimals, for figures that were never
// exact. It fails on a value that is not finite.
func EstimateMoney(f float64) (Money, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Money{}, Errorf(CodeInternal, "an estimate is not a finite number")
	}
	return ParseMoney(fmt.Sprintf("%.2f", f))
}

func (m Money) int() *big.Int {
	if m.units == nil {
		return new(big.Int)
	}
	return m.units
}

// Add returns m + n.
func (m Money) Add(n Money) Money { return Money{new(big.Int).Add(m.int(), n.int())} }

// Sub returns m − n.
func (m Money) Sub(n Money) Money { return Money{new(big.Int).Sub(m.int(), n.int())} }

// Neg returns −m.
func (m Money) Neg() Money { return Money{new(big.Int).Neg(m.int())} }

// Abs returns m without its sign.
func (m Money) Abs() Money { return Money{new(big.Int).Abs(m.int())} }

// Reach returns the farther of m and n from 0, without its sign: what a scale has to hold.
func (m Money) Reach(n Money) Money {
	if m.Abs().Cmp(n.Abs()) < 0 {
		return n.Abs()
	}
	return m.Abs()
}

// Cmp compares m with n: −1, 0 or 1.
func (m Money) Cmp(n Money) int { return m.int().Cmp(n.int()) }

// Sign returns −1, 0 or 1.
func (m Money) Sign() int { return m.int().Sign() }

// Float64 is for charts, rates and models, never for sums.
func (m Money) Float64() float64 {
	f, _ := new(big.Rat).SetFrac(m.int(), moneyUnit).Float64()
	return f
}

// String gives the exact amount with at least two decimals: "2500315.63".
func (m Money) String() string {
	s := m.fixed(MoneyScale, m.int())
	return s[:max(len(strings.TrimRight(s, "0")), len(s)-MoneyScale+2)]
}

// Fixed rounds half away from zero to so many decimals (0 to MoneyScale), for presentation.
func (m Money) Fixed(decimals int) string {
	step := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(MoneyScale-decimals)), nil)
	half := new(big.Int).Quo(step, big.NewInt(2))
	abs := new(big.Int).Abs(m.int())
	q := abs.Add(abs, half).Quo(abs, step)
	if m.Sign() < 0 {
		q.Neg(q)
	}
	return m.fixed(decimals, q)
}

func (m Money) fixed(decimals int, units *big.Int) string {
	digits := new(big.Int).Abs(units).String()
	if pad := decimals + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	s := digits[:len(digits)-decimals]
	if decimals > 0 {
		s += "." + digits[len(digits)-decimals:]
	}
	if units.Sign() < 0 {
		s = "-" + s
	}
	return s
}

// Grouped is Fixed with a comma between thousands: "2,500,315.63".
func (m Money) Grouped(decimals int) string {
	digits, rest, point := strings.Cut(m.Fixed(decimals), ".")
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if point {
		rest = "." + rest
	}
	return sign + b.String() + rest
}

// Share is the fraction of an amount, the fraction taken as the shortest decimal that
// writes it, to the last decimal kept, half away from zero.
func (m Money) Share(fraction float64) Money {
	f, ok := new(big.Rat).SetString(strconv.FormatFloat(fraction, 'f', -1, 64))
	if !ok {
		return Money{}
	}
	whole := f.Mul(f, new(big.Rat).SetInt(m.int()))
	twice := new(big.Int).Mul(whole.Num(), big.NewInt(2))
	half := new(big.Int).Mul(whole.Denom(), big.NewInt(int64(whole.Sign())))
	return Money{new(big.Int).Quo(twice.Add(twice, half), new(big.Int).Mul(whole.Denom(), big.NewInt(2)))}
}

// Equal reports whether m and n are the same amount.
func (m Money) Equal(n Money) bool { return m.Cmp(n) == 0 }

// MarshalText gives String.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (m *Money) UnmarshalText(b []byte) (err error) {
	*m, err = ParseMoney(string(b))
	return err
}

// SumMoney adds amounts.
func SumMoney(amounts ...Money) Money {
	var sum Money
	for _, a := range amounts {
		sum = sum.Add(a)
	}
	return sum
}
