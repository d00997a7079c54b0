package warehouse

import "context"

// Samples draws customers.
type Samples interface {
	// Sample draws customers by lot, each of a segment with the same chance. The same question
	// to the same records draws the same ones.
	Sample(ctx context.Context, q SampleQuery) (Sample, error)
	// Profiles returns the segment, address and language of customers, of those that are known.
	Profiles(ctx context.Context, q SampleQuery, customers []string) ([]Sampled, error)
}

// SampleQuery says who is drawn.
type SampleQuery struct {
	By       string   // attribute whose values are segments; "": all are one segment, ""
	Segments []string // those that are drawn from; none: all
	Size     int64    // of each segment; 0: Share of it
	Share    float64  // in (0, 1]; rounded up to a whole customer
	Without  []string // customers who are not drawn
	Seed     string   // of the lot
	Address  string   // attribute that holds where a customer is written to; "" is none
	Language string   // attribute that holds a customer's language; "" is none
}

// Sample is who was drawn, and from whom.
type Sample struct {
	Strata []Stratum // by segment
	Drawn  []Sampled // by segment, in the order of the lot
}

// Stratum is a segment that was drawn from: Drawn of Eligible customers, who are those of its
// Customers that were not left out.
type Stratum struct {
	Segment                    string
	Customers, Eligible, Drawn int64
}

// Sampled is one customer. What is not known is "".
type Sampled struct{ Customer, Segment, Address, Language string }
