package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible writes what a terminal must not get, as Go would in a literal: a mail may bring
// sequences that move the cursor, and marks that turn a line around.
func visible(s string) string { return escaped(s, "") }

// visibleLines is visible for a text of several lines.
func visibleLines(s string) string { return escaped(s, "\n\t") }

func escaped(s, but string) string {
	harmless := func(r rune) bool {
		const joiners = "\u200c\u200d" // of emoji and of some scripts
		return unicode.IsPrint(r) || strings.ContainsRune(but+joiners, r)
	}
	if strings.IndexFunc(s, func(r rune) bool { return !harmless(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if harmless(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// plainJSON writes what a terminal must not get and JSON leaves as it is, so that it means
// the same.
func plainJSON(document []byte) []byte {
	b := make([]byte, 0, len(document)+1)
	for _, r := range string(document) {
		if r < 0x7f || unicode.IsPrint(r) || r > 0xffff {
			b = utf8.AppendRune(b, r)
		} else {
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}

// screen makes of stdout what a text of a mail may be written to: to a terminal visible
// alone, else as it is.
func screen(stdout io.Writer) func(string) string {
	if isTerminal(stdout) {
		return func(s string) string { return visibleLines(strings.ReplaceAll(s, "\r\n", "\n")) }
	}
	return func(s string) string { return s }
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
