// Package control tells signal from noise in figures that come period by period.
//
// Rules:
//
//   - Limits are made of the figures themselves: of how much each differs from the one
//     before, not of their spread about the mean, which a change would widen.
//   - A rule that finds changes also raises false alarms. What it costs is computed, not
//     quoted: see RunLength of rules and of the CUSUM. Those costs are of independent
//     normal figures with known limits; limits made of few figures raise more.
//   - Too few figures give NaN limits, never a panic.
package control
