// Package measure is the capability behind what is measured at touchpoints: a library of
// measures with exact definitions, each over any days, at any touchpoint and by segment, as a
// control chart that tells signal from noise.
//
// Rules: only sums come up from the records. A value has an interval, or says why there is
// none. What does not count is said, with how many and why. A signal is named with the rules
// that it breaks, and the chart says how often chance alone raises one by those rules. A
// period that the records do not hold whole is drawn and never judged. Answers of fewer than
// five people are not shown apart, nor where they could be worked out from the others.
package measure
