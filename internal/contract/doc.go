// Package contract is the capability behind contracts: how long they run, what those that run
// are worth, and which renewals come next.
//
// Rules: only counts come up from the records, by what contracts share. Survival is told
// without a model (Kaplan–Meier, with late entry for bases that were migrated in); worth is
// told by a model of differing customers (sBG, or BdW where the records show that loyalty
// changes with age), because one churn rate for all undervalues. A plan that has too few
// contracts for a model of its own borrows that of all, and says so. Plans add up to the
// company, and running contracts to the movement of recurring amounts.
package contract
