package warehouse

import "github.com/clientele/clientele"

// ContractQuery asks for contracts as of the close of a day. Subscriptions of one customer
// that follow each other within the grace are one contract, with the plan and the recurring
// period that it began with; a customer who comes back later begins another.
type ContractQuery struct {
	AsOf      clientele.Date
	GraceDays int
	// KnownFrom, if not 0, is a day before which no end is on record, for all contracts: those
	// that began earlier are watched from then on, whatever they say themselves.
	KnownFrom clientele.Date
	Told      bool // an end after AsOf is known of already: AsOf is no day of the past
}

// Contracts are the contracts of a book, counted.
type Contracts struct {
	Spells []Spell // every contract that had begun
	Due    []Due   // those that run
}

// Spell is how many contracts share a history. Watched in (Entry, Exit]: those that ended did
// so at Exit, the renewal after the last paid period; of the others Exit renewals are behind.
type Spell struct {
	Plan                    string // "": unknown
	Period                  string // day, week, month, quarter or year
	Cohort                  int32  // year of the start
	Ended                   bool
	EntryMonths, ExitMonths int32 // in months since the start
	Entry, Exit             int32 // in recurring periods
	N                       int64
}

// Due is how many running contracts share the renewals behind them and the month of the next.
type Due struct {
	Plan      string
	Period    string
	Cohort    int32
	Renewals  int32
	Month     clientele.Date // the first day of the month of the next renewal or, where Ends, of the end
	Ends      bool           // it is told that they will not be renewed
	N         int64
	Unpriced  int64           // of N, those with an amount that is unknown, and counts as 0
	Recurring clientele.Money // together, a month
}
