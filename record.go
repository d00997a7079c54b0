package clientele

import (
	"slices"
	"strings"
)

// Kind is a canonical table that a file can be imported as.
type Kind string

// The kinds of record.
const (
	Transactions  Kind = "transactions"
	Customers     Kind = "customers"
	Subscriptions Kind = "subscriptions"
	Interactions  Kind = "interactions"
	Feedback      Kind = "feedback"
	Reasons       Kind = "reasons"
	Movements     Kind = "movements"
)

// Kinds lists all kinds, in the order in which people meet them.
func Kinds() []Kind {
	return []Kind{Transactions, Customers, Subscriptions, Interactions, Feedback, Reasons, Movements}
}

// FieldType is the type that a field is read as.
type FieldType string

// The field types.
const (
	TypeText   FieldType = "text"
	TypeID     FieldType = "id"     // text, with blanks trimmed and a numeric ".0" tail dropped; "" is missing
	TypeAmount FieldType = "amount" // decimal, up to MoneyScale decimals
	TypeNumber FieldType = "number" // decimal
	TypeTime   FieldType = "time"   // an instant, a local time, or a bare day
	TypeDay    FieldType = "day"    // a calendar day
	TypeBool   FieldType = "bool"
)

// Field is one column of a canonical table that a mapping can fill.
type Field struct {
	Name     string
	Type     FieldType
	Required bool   // a row without it is rejected
	Doc      string // unit and meaning of missing, in one line
}

// Fields lists the fields of a kind. Customers may have any number of further
// attributes: every column that no field takes becomes one.
func (k Kind) Fields() []Field { return fields[k] }

// Field finds a field by name.
func (k Kind) Field(name string) (Field, bool) {
	i := slices.IndexFunc(fields[k], func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return fields[k][i], true
}

// ParseKind reads the name of a kind.
func ParseKind(s string) (Kind, error) {
	if _, ok := fields[Kind(s)]; ok {
		return Kind(s), nil
	}
	names := make([]string, 0, len(fields))
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return "", Errorf(CodeUsage, "%q is not a kind of record", s).WithHint("Choose one of %s.", strings.Join(names, ", "))
}

// LineKind says what a transaction line is. Only a sale is a purchase.
type LineKind string

// The line kinds. Unmapped: a refund if quantity or amount is negative, else a sale.
const (
	Sale     LineKind = "sale"
	Refund   LineKind = "refund"
	Discount LineKind = "discount"
	Tax      LineKind = "tax"
	Shipping LineKind = "shipping"
	Fee      LineKind = "fee"
)

var fields = map[Kind][]Field{
	Transactions: {
		{"customer", TypeID, false, "who bought; missing: the line's value is reported as unattributed"},
		{"order", TypeID, false, "order, invoice or receipt id; missing: one customer's lines of one day are one order"},
		{"line", TypeID, false, "line id within the order"},
		{"time", TypeTime, true, "when: an instant with a zone is converted to the book's time zone; a bare date is never shifted"},
		{"quantity", TypeNumber, false, "units; missing: unknown, taken as 1 where a price needs it"},
		{"unit_price", TypeAmount, false, "price of one unit in the currency"},
		{"amount", TypeAmount, false, "net amount of the line; missing: quantity × unit_price"},
		{"cost", TypeAmount, false, "cost of the line"},
		{"currency", TypeText, false, "ISO 4217; missing: the book's; another is rejected"},
		{"product", TypeText, false, "product name or id"},
		{"channel", TypeText, false, "where it was sold"},
		{"kind", TypeText, false, "sale, refund, discount, tax, shipping or fee; missing: by sign"},
	},
	Customers: {
		{"customer", TypeID, true, "customer id; every other column becomes an attribute"},
	},
	Subscriptions: {
		{"customer", TypeID, true, "who pays"},
		{"subscription", TypeID, false, "subscription id; missing: customer, plan and start"},
		{"start", TypeDay, true, "first paid day"},
		{"end", TypeDay, false, "last paid day; missing: still running"},
		{"known_from", TypeDay, false, "day from which an end of it would be on record, for a base that was migrated in; missing: its start"},
		{"plan", TypeText, false, "plan name"},
		{"recurring_amount", TypeAmount, false, "amount per period"},
		{"recurring_period", TypeText, false, "day, week, month, quarter or year; missing: month"},
		{"cancel_reason", TypeText, false, "why it ended; missing: unknown"},
		{"voluntary", TypeBool, false, "whether the customer chose to end it; missing: unknown"},
	},
	Interactions: {
		{"interaction", TypeID, false, "interaction id; missing: customer, touchpoint, kind and time"},
		{"customer", TypeID, false, "who"},
		{"case", TypeID, false, "matter or ticket that several interactions share"},
		{"touchpoint", TypeText, false, "where on the journey"},
		{"kind", TypeText, false, "what happened"},
		{"time", TypeTime, true, "when it began"},
		{"end", TypeTime, false, "when it ended; missing: instantaneous or open"},
		{"promised", TypeTime, false, "when it was promised for"},
		{"actual", TypeTime, false, "when it was delivered"},
		{"outcome", TypeText, false, "how it ended"},
		{"problem", TypeText, false, "problem kind; missing: none recorded"},
		{"channel", TypeText, false, "phone, mail, shop, …"},
		{"agent", TypeText, false, "who served"},
		{"weight", TypeNumber, false, "sampling weight; missing: 1"},
	},
	Feedback: {
		{"response", TypeID, false, "answer id; missing: customer, instrument, touchpoint and time"},
		{"customer", TypeID, false, "who answered; missing: anonymous"},
		{"order", TypeID, false, "the order it is about"},
		{"time", TypeTime, true, "when it was answered"},
		{"touchpoint", TypeText, false, "what it is about"},
		{"instrument", TypeText, false, "nps, csat, ces or rating; missing: rating"},
		{"score", TypeNumber, false, "the score on its scale; missing: text only"},
		{"scale_min", TypeNumber, false, "least possible score"},
		{"scale_max", TypeNumber, false, "greatest possible score"},
		{"not_applicable", TypeBool, false, "whether the respondent said that it does not apply"},
		{"text", TypeText, false, "what they wrote"},
		{"weight", TypeNumber, false, "sampling weight; missing: 1"},
		{"language", TypeText, false, "BCP 47"},
	},
	Reasons: {
		{"customer", TypeID, true, "who"},
		{"date", TypeDay, true, "day of the statement of the reason"},
		{"direction", TypeText, true, "in (why they came) or out (why they left)"},
		{"reason", TypeText, true, "the reason, in a few words"},
		{"source", TypeText, false, "who says so: survey, agent, form, …"},
		{"confidence", TypeNumber, false, "0 to 1; missing: unknown"},
	},
	Movements: {
		{"period", TypeDay, true, "a day of the period, by habit its last"},
		{"opening", TypeAmount, false, "customers at its opening; missing: the closing of the period before"},
		{"added", TypeAmount, false, "customers that came, gross; missing: unknown"},
		{"lost", TypeAmount, false, "customers that left; missing: by monthly_churn, else unknown"},
		{"monthly_churn", TypeNumber, false, "mean share lost a month, a fraction, of the mean of opening and closing"},
		{"closing", TypeAmount, true, "customers at its closing, in the file's own unit"},
	},
}
