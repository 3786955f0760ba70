package library

import "fmt"

// A Kind names one way in which a file can be broken. library/lint has one rule
// for each kind of [Kinds], which gives it a code and a severity.
type Kind string

// What keeps a file from being read at all.
const (
	Unreadable     Kind = "unreadable"      // the operating system refused, or it is no regular file
	TooLarge       Kind = "too-large"       // over MaxFileSize
	Binary         Kind = "binary"          // holds NUL bytes, or is UTF-16
	EmptyFile      Kind = "empty-file"      // nothing but white space
	SymlinkOutside Kind = "symlink-outside" // a symbolic link that leaves the library
)

// What is wrong with the text or its front matter.
const (
	NotUTF8            Kind = "not-utf8"             // a byte that is not UTF-8
	ByteOrderMark      Kind = "byte-order-mark"      // U+FEFF at the start
	HeaderUnclosed     Kind = "header-unclosed"      // no closing ---
	HeaderIndented     Kind = "header-indented"      // an indented --- inside, where other readers stop
	HeaderLimit        Kind = "header-limit"         // over MaxHeaderSize, MaxKeys or MaxDepth
	InvalidYAML        Kind = "invalid-yaml"         // does not parse, or is no mapping
	DuplicateKey       Kind = "duplicate-key"        // one key twice in a mapping
	UnsupportedYAML    Kind = "unsupported-yaml"     // anchor, alias, merge key, tag, second document, key that is no text
	UnsafeCharacter    Kind = "unsafe-character"     // control character or Unicode line separator in the header
	TabIndent          Kind = "tab-indent"           // a tab in the indentation of the header
	FoldedItems        Kind = "folded-items"         // list items that YAML folds into the scalar above
	ConflictMarkers    Kind = "conflict-markers"     // an unresolved merge conflict
	FenceInfo          Kind = "fence-info"           // a closing code fence with an info string
	FenceStray         Kind = "fence-stray"          // an opening code fence that opens nothing
	FenceUnclosed      Kind = "fence-unclosed"       // a code fence open to the end of the file
	SectionTagOpen     Kind = "section-tag-open"     // a section tag that is never closed
	SectionTagUnpaired Kind = "section-tag-unpaired" // a closing tag that closes nothing
)

// Kinds lists every kind of problem.
var Kinds = []Kind{
	Unreadable, TooLarge, Binary, EmptyFile, SymlinkOutside,
	NotUTF8, ByteOrderMark, HeaderUnclosed, HeaderIndented, HeaderLimit, InvalidYAML, DuplicateKey, UnsupportedYAML,
	UnsafeCharacter, TabIndent, FoldedItems, ConflictMarkers, FenceInfo, FenceStray, FenceUnclosed, SectionTagOpen, SectionTagUnpaired,
}

// A Problem is what the loader could not read as it stands, and where. Message
// says what is wrong and what to do, in the form of a [Diagnostic] message.
type Problem struct {
	Kind    Kind
	At      Text
	Message string
	Related []Related
}

func problem(kind Kind, at Text, format string, args ...any) Problem {
	return Problem{Kind: kind, At: at, Message: fmt.Sprintf(format, args...)}
}

// unsound are the kinds after which the front matter can be read in more than
// one way. Its governance values then count as missing: a reviewer may have
// read another value than a program does.
var unsound = map[Kind]bool{
	NotUTF8: true, ByteOrderMark: true, HeaderUnclosed: true, HeaderLimit: true, InvalidYAML: true,
	DuplicateKey: true, UnsupportedYAML: true, UnsafeCharacter: true, TabIndent: true,
}
