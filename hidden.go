package clientele

// Hidden says what an answer leaves out because it is not for who asked. It is there, and
// the totals hold it.
type Hidden struct {
	Count int64  `json:"count"` // how many are left out
	What  string `json:"what"`  // segments, channels, plans or rows
	Why   string `json:"why"`
	Help  string `json:"help"` // who can see it, or whom to ask
}
