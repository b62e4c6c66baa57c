package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var rewrite = flag.Bool("update", false, "rewrite what the transcripts in testdata answer")

// cli runs a subcommand on a server, and returns its stdout, its stderr and its exit code.
func (r running) cli(t *testing.T, stdin string, args ...string) (string, string, int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	sys := system{environment("PLUNKMOCK_URL", r.ready.HTTP), strings.NewReader(stdin), &stdout, &stderr}
	code := exit(runIn(t.Context(), args, sys), &stderr)
	return stdout.String(), stderr.String(), code
}

// words splits a line as a shell does, where "…" is a literal of Go.
func words(t *testing.T, line string) []string {
	t.Helper()
	var all []string
	for _, word := range regexp.MustCompile(`'[^']*'|"(?:[^"\\]|\\.)*"|\S+`).FindAllString(line, -1) {
		switch word[0] {
		case '\'':
			word = word[1 : len(word)-1]
		case '"':
			unquoted, err := strconv.Unquote(word)
			if err != nil {
				t.Fatalf("%s: %v", word, err)
			}
			word = unquoted
		}
		all = append(all, word)
	}
	return all
}

// play runs the commands of a transcript, the lines that begin with $, and returns it with
// what they answer: stdout as it is, stderr behind !, and in brackets an exit code that is
// not 0.
func play(t *testing.T, r running, script string) string {
	t.Helper()
	var b strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimSpace(script), "\n\n") {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		line, _, _ := strings.Cut(paragraph, "\n")
		command, is := strings.CutPrefix(line, "$ plunkmock ")
		if !is {
			if strings.HasPrefix(line, "#") {
				b.WriteString(paragraph + "\n")
				continue
			}
			t.Fatalf("neither a command nor a comment: %q", line)
		}
		stdout, stderr, code := r.cli(t, "", words(t, command)...)
		fmt.Fprintln(&b, line)
		for text := range strings.Lines(stdout) {
			if text == "\n" {
				text = ".\n" // for an empty line ends a paragraph
			}
			b.WriteString(text)
		}
		for text := range strings.Lines(stderr) {
			b.WriteString("! " + text)
		}
		if code != 0 {
			fmt.Fprintf(&b, "[%d]\n", code)
		}
	}
	real := regexp.MustCompile(`"time":\d+`) // of an error: the one thing that does not repeat
	return real.ReplaceAllString(strings.ReplaceAll(b.String(), r.ready.HTTP, "URL"), `"time":0`)
}

// TestTranscripts runs what a person would type, on a server of which all repeats.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			r := start(t, "--seed", "x", "--clock", "2030-01-01T00:00:00Z", "--smtp", "off", "--fixtures", "testdata/project.yml")
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, r, string(script))
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(script), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
