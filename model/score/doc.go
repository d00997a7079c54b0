// Package score estimates what answers, shares and rates say, each with its 95 % interval.
//
// Rules:
//
//   - An estimate takes sums, which a database adds up: nothing is asked per answer.
//   - Weighted answers count for fewer than there are: intervals go by Kish's effective
//     number. Weights are sampling weights, so that only their ratios matter.
//   - What cannot be told is NaN: an estimate of no answers, an interval of one answer.
//   - Intervals are of a sample from far more customers. Of all of them there is none.
package score
