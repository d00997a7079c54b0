// Package journey is the capability behind the map of journeys: journeys that nest, their
// stages in order, the touchpoints of each stage in order, and who answers for each.
//
// Rules: a touchpoint has exactly one accountable owner at any time, or none, with since
// when; a vacancy ages. Its name is unique in the book, for records name it so. Every edit
// is one transaction, is kept with who made it, and can be taken back as long as what it
// changed is still as it left it; taking it back is an edit as well. A file says the whole
// map: it is planned first, and applied at once or not at all.
package journey
