// Package text finds out what people say in short comments, without any outside service:
// words, what one group says that another does not, topics, and sentiment.
//
// Rules: a comment counts once for a word, however often it is in it, so that nobody is
// heard louder by repeating themselves. What depends on chance takes a seed, and is the
// same for the same seed. A topic that does not come back in resamples is no topic.
// Sentiment is of English alone, for that is what its lexicon was made and tested for.
package text
