package clientele

import (
	"errors"
	"fmt"
	"strings"
)

// Code says what kind of error happened. It is translated once to an exit code
// (package cli) and once to an HTTP status (package httpd).
type Code string

// The error vocabulary.
const (
	CodeInternal   Code = "internal"   // a defect in Clientele
	CodeUsage      Code = "usage"      // the command or request is malformed
	CodeInvalid    Code = "invalid"    // the input cannot be accepted
	CodeNotFound   Code = "not_found"  // the thing named does not exist
	CodeConflict   Code = "conflict"   // the thing exists already, or has changed meanwhile
	CodeForbidden  Code = "forbidden"  // not allowed to who asks
	CodeUnbalanced Code = "unbalanced" // a movement does not balance; Rows names them
	CodeNotLoaded  Code = "not_loaded" // a file is landed and safe, but not loaded yet
	CodeBusy       Code = "busy"       // another process holds the book
	CodeNoSpace    Code = "no_space"   // the disk is full

	CodeUnauthenticated Code = "unauthenticated" // who asks is not known
	CodeStale           Code = "stale"           // the thing was changed since it was read
	CodeUnconditional   Code = "unconditional"   // the request must say which version it changes
	CodeTooMany         Code = "too_many"        // asked too often; try again later
)

// Position is a place in an input file. Line and Column count from 1; 0 means
// "not known". Column names the column when the file has names.
type Position struct {
	File   string `json:"file,omitempty"`
	Line   int64  `json:"line,omitempty"`
	Column string `json:"column,omitempty"`
}

// String gives "file:line: column name", leaving out what is not known.
func (p Position) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Column != "" {
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		fmt.Fprintf(&b, "column %s", p.Column)
	}
	return b.String()
}

// Error is the one error type that reaches people: what happened, where, and
// what to do next.
type Error struct {
	Code    Code     `json:"code"`
	Message string   `json:"message"`
	Hint    string   `json:"hint,omitempty"` // the next step, as a sentence
	At      Position `json:"at,omitzero"`
	Rows    []string `json:"rows,omitempty"` // the rows to look at, at most a few dozen
	Err     error    `json:"-"`              // the cause, for logs
}

// Error gives one line without the hint.
func (e *Error) Error() string {
	s := e.Message
	if at := e.At.String(); at != "" {
		s = at + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error with a code and a message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// WithHint adds the next step.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// Because adds the cause.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// CodeOf returns the code of the first Error in err's chain: CodeInternal if
// there is none, "" if err is nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// HintOf returns the first hint in err's chain, or "".
func HintOf(err error) string {
	for e := (*Error)(nil); errors.As(err, &e); err = e.Err {
		if e.Hint != "" {
			return e.Hint
		}
		if e.Err == nil {
			break
		}
	}
	return ""
}
