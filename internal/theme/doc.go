// Package theme is the capability behind what customers say in their own words: by touchpoint
// and language, what detractors say that promoters do not, themes that come back in resamples,
// and sentiment; themes can be named, merged and owned, and open their quotes.
//
// Rules: nothing is told of fewer than ten comments, nor quoted. Words and themes are counted
// over all comments by the engine of the records; what has to read texts, which are themes as
// they are found and sentiment, reads a sample that a seed chooses, and says of how many. A
// theme that somebody has named, merged or taken charge of keeps its words, so that it can be
// followed; all others are found anew from the records. Sentiment is told of English alone.
package theme
