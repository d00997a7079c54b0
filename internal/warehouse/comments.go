package warehouse

import "context"

// Comments answers for what people wrote with their answers. A comment is an answer with a
// text, of which the first CommentLength characters are read. It counts once.
type Comments interface {
	// CommentGroups counts the comments of each touchpoint and language, the most first.
	CommentGroups(ctx context.Context) ([]CommentGroup, error)
	// Terms counts the comments of a group that hold a word of two letters or more, as package
	// text finds words: those of the Most words that at least Least comments hold.
	Terms(ctx context.Context, q TermQuery) ([]TermCount, error)
	// Speaking counts the comments of a group that speak of each theme.
	Speaking(ctx context.Context, q SpeakingQuery) ([]SideCount, error)
	// SampleComments returns at most Limit comments of a group, chosen and put in order by Seed
	// and their ids alone.
	SampleComments(ctx context.Context, q CommentSampleQuery) ([]Comment, error)
	// Quotes returns comments of a group that speak of a theme: those first whose words weigh
	// most, then by Seed and their ids.
	Quotes(ctx context.Context, q QuoteQuery) ([]Comment, error)
}

// CommentLength is how many characters of a comment are read.
const CommentLength = 2000

// Side is whom an answer is of, by its score: of an NPS by its definition, of any other scale
// by its two least and two greatest scores, and of scales of less than four scores by the
// least and the greatest.
type Side string

// The sides; "" is of neither, or without a score on its scale.
const (
	Detractor Side = "detractor"
	Promoter  Side = "promoter"
)

// CommentsOf names a group of comments; "" is that a touchpoint or a language is not known. A
// language is the first part of its BCP 47, in small letters.
type CommentsOf struct{ Touchpoint, Language string }

// SideCount is how many there are, by side.
type SideCount struct{ All, Detractors, Promoters int64 }

// CommentGroup is how many comments a group has.
type CommentGroup struct {
	CommentsOf
	SideCount
}

// TermQuery asks for the words of a group.
type TermQuery struct {
	CommentsOf
	Stops       []string // words that do not count
	Least, Most int64
}

// TermCount is how many comments hold a word.
type TermCount struct {
	Term string
	SideCount
}

// WordWeight is a word of a topic, with its weight in hundredths.
type WordWeight struct {
	Word   string
	Weight int
}

// ThemeWords are the topics of a theme. A comment speaks of it if the words of one topic that
// it holds weigh a hundred or more together.
type ThemeWords [][]WordWeight

// SpeakingQuery asks for the comments of a group that speak of each of some themes, at least one.
type SpeakingQuery struct {
	CommentsOf
	Themes []ThemeWords
}

// CommentSampleQuery asks for some comments of a group.
type CommentSampleQuery struct {
	CommentsOf
	Seed  uint64
	Limit int64
}

// QuoteQuery asks for comments that speak of a theme.
type QuoteQuery struct {
	CommentsOf
	Theme  ThemeWords
	Seed   uint64
	Offset int64
	Limit  int64
}

// Comment is what somebody wrote. It does not tell who.
type Comment struct {
	Text string
	Side Side
}
