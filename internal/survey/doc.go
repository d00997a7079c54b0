// Package survey is the capability behind hosted surveys: who is asked what, when and with
// which chance, what they answer, and what that says of all customers.
//
// Rules: a respondent needs neither account nor cookie, may skip every question, and comes
// back to where they left off. Links are secret, 130 bits from the system's generator, and
// kept as hashes alone. An answer is durable before it is thanked for, and becomes a record
// by the same portions as events. Nobody is asked more often than the quarantine allows,
// nor at all once they refused.
//
// Employees are anonymous. Of an answer of theirs nothing is kept but the question, the part
// of the company and the wave: no link, no time, no order, no other answer of the same
// person. Answers are told in portions of at least Least of one question and part, on
// different days, texts of at least LeastTexts; every figure is a sum of whole portions, so
// that no two figures differ by fewer.
package survey
