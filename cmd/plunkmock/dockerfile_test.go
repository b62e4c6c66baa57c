package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

// root is the top of the repository.
const root = "../.."

// instruction is one of a Dockerfile: its name and what comes after that.
type instruction struct{ name, rest string }

// dockerfile returns the stages of the Dockerfile; what comes before the first
// FROM is stage 0.
func dockerfile(t *testing.T) [][]instruction {
	t.Helper()
	stages := make([][]instruction, 1)
	for line := range strings.SplitSeq(strings.ReplaceAll(read(t, "Dockerfile"), "\\\n", " "), "\n") {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		if name == "FROM" {
			stages = append(stages, nil)
		}
		last := &stages[len(stages)-1]
		*last = append(*last, instruction{name, strings.Join(strings.Fields(rest), " ")})
	}
	if len(stages) != 3 {
		t.Fatalf("the Dockerfile has %d stages, want one that builds and one that is kept", len(stages)-1)
	}
	return stages
}

// read returns a file of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// all returns what the instructions of a name say in a stage.
func all(stage []instruction, name string) (said []string) {
	for _, i := range stage {
		if i.name == name {
			said = append(said, i.rest)
		}
	}
	return said
}

func TestDockerfileKeepsTheBinaryAlone(t *testing.T) {
	t.Parallel()
	final := dockerfile(t)[2]
	for name, want := range map[string][]string{
		"FROM":        {"scratch"},
		"RUN":         nil, // there is no shell
		"VOLUME":      nil, // one without a name would stay behind after each run
		"USER":        {"65532:65532"},
		"STOPSIGNAL":  {"SIGTERM"},
		"EXPOSE":      {"4580 4525"},
		"ENV":         {"PLUNKMOCK_HTTP=0.0.0.0:4580 PLUNKMOCK_SMTP=0.0.0.0:4525 PLUNKMOCK_STATE_DIR=/data"},
		"ARG":         {"VERSION=" + mock.Version, "REVISION="},
		"COPY":        {"--from=build /image/ /", "--from=build --chown=65532:65532 /data /data", "LICENSE /LICENSE"},
		"ENTRYPOINT":  {`["/plunkmock"]`},
		"HEALTHCHECK": {`--interval=3s --timeout=5s --start-period=5s --retries=3 CMD ["/plunkmock", "healthcheck"]`},
		"CMD":         nil,
	} {
		if got := all(final, name); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	labels := strings.Join(all(final, "LABEL"), " ")
	for _, name := range []string{"title", "description", "source", "documentation", "licenses", "version", "revision"} {
		if !strings.Contains(labels, "org.opencontainers.image."+name+"=") {
			t.Errorf("there is no label org.opencontainers.image.%s", name)
		}
	}
}

// What the image says about addresses is what the command makes of it, and only
// the image listens to others.
func TestDockerfileVariablesAreThoseOfTheCommand(t *testing.T) {
	t.Parallel()
	var pairs []string
	for pair := range strings.FieldsSeq(strings.Join(all(dockerfile(t)[2], "ENV"), " ")) {
		name, value, _ := strings.Cut(pair, "=")
		pairs = append(pairs, name, value)
	}
	for want, arguments := range map[string][]string{
		"0.0.0.0:4580 0.0.0.0:4525 /data": pairs,
		"0.0.0.0:5000 0.0.0.0:4525 /data": append(slices.Clone(pairs), "PLUNKMOCK_PORT", "5000"),
		"127.0.0.1:4580 127.0.0.1:4525 ":  nil,
	} {
		s, err := readSettings(nil, environment(arguments...))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.http + " " + s.mail.smtp + " " + s.tls.state; got != want {
			t.Errorf("with %q it listens and keeps at %s, want %s", arguments, got, want)
		}
	}
}

// The entry point and the health check are run without a shell, which reads
// them as JSON.
func TestDockerfileStartsWhatThereIs(t *testing.T) {
	t.Parallel()
	final := dockerfile(t)[2]
	for _, name := range []string{"ENTRYPOINT", "HEALTHCHECK"} {
		said := all(final, name)[0]
		var words []string
		if err := json.Unmarshal([]byte(said[strings.Index(said, "["):]), &words); err != nil || words[0] != "/plunkmock" {
			t.Errorf("%s %s: %v", name, said, err)
		}
	}
}

func TestDockerfileBuildsForAnyArchitecture(t *testing.T) {
	t.Parallel()
	stages := dockerfile(t)
	base := regexp.MustCompile(`^GO_IMAGE=golang:(\d+\.\d+\.\d+)-\w+$`).FindStringSubmatch(strings.Join(all(stages[0], "ARG"), " "))
	if base == nil {
		t.Fatalf("the base image is %q, want one of a whole version", all(stages[0], "ARG"))
	}
	oldest := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))
	if oldest == nil || !strings.HasPrefix(base[1], oldest[1]+".") {
		t.Errorf("it builds with Go %s, and go.mod says %q", base[1], oldest)
	}
	if from := all(stages[1], "FROM")[0]; from != "--platform=$BUILDPLATFORM $GO_IMAGE AS build" {
		t.Errorf("FROM %s: it must build where the builder runs", from)
	}
	runs := strings.Join(all(stages[1], "RUN"), "\n")
	for _, want := range []string{
		"CGO_ENABLED=0", "GOOS=$TARGETOS", "GOARCH=$TARGETARCH", "-trimpath", "-ldflags '-s -w'", "-o /image/plunkmock ./cmd/plunkmock",
		"/image/etc/ssl/certs/", "chmod 1777 /image/tmp",
	} {
		if !strings.Contains(runs, want) {
			t.Errorf("it does not run %s:\n%s", want, runs)
		}
	}
	for _, newer := range []string{"<<", "--link", "--start-interval"} { // than buildah 1.28
		if strings.Contains(read(t, "Dockerfile"), newer) {
			t.Errorf("the Dockerfile has %s, which builders of Debian 12 do not know", newer)
		}
	}
}

// The image is built from what the command is made of: all of it, and no file
// that is not Go or built in.
func TestDockerignoreLetsInWhatIsBuilt(t *testing.T) {
	t.Parallel()
	patterns := dockerignore(t)
	needed := sources(t)
	for name := range needed {
		if patterns.keepOut(name) {
			t.Errorf("%s is kept out, and the command is made of it", name)
		}
	}
	for _, name := range tree(t) {
		if path.Ext(name) != ".go" && !needed[name] && !patterns.keepOut(name) {
			t.Errorf("%s is let in, and nothing is made of it", name)
		}
	}
}

func TestDockerignoreKeepsOut(t *testing.T) {
	t.Parallel()
	patterns := dockerignore(t)
	for _, name := range []string{
		".git/config", ".env", ".ci/run", ".github/workflows/ci.yml", "Dockerfile", "README.md", "plunkmock", "plunkmock.json.mail", "secrets/key.pem",
		"cmd/plunkmock/flags_test.go", "mock/testdata/track.txt", "inbox/smtp/testdata/fuzz/FuzzParse/1",
		"testkit/clients/node_test.go", "testkit/clients/node/node_modules/a/index.js", "testkit/browser/go.mod",
	} {
		if !patterns.keepOut(name) {
			t.Errorf("%s is let in", name)
		}
	}
}

// tree returns the files of the repository.
func tree(t *testing.T) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".git" || entry.Name() == "node_modules":
			return fs.SkipDir
		case !entry.IsDir():
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// sources are the files of the repository that the command is made of.
func sources(t *testing.T) map[string]bool {
	t.Helper()
	const format = `{{if .Module}}{{if .Module.Main}}{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}
{{end}}{{range .EmbedFiles}}{{$dir}}/{{.}}
{{end}}{{end}}{{end}}`
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", format, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{"go.mod": true, "go.sum": true, "LICENSE": true}
	for file := range strings.FieldsSeq(string(out)) {
		name, err := filepath.Rel(top, file)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.ToSlash(name)] = true
	}
	return files
}

// ignore is a .dockerignore, line by line.
type ignore []string

func dockerignore(t *testing.T) (lines ignore) {
	t.Helper()
	for line := range strings.SplitSeq(read(t, ".dockerignore"), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// keepOut tells whether a file stays out: the last line that matches it, or a
// folder that it is in, decides.
func (lines ignore) keepOut(name string) (out bool) {
	for _, line := range lines {
		pattern, in := strings.CutPrefix(line, "!")
		for part := name; part != "."; part = path.Dir(part) {
			if matches(pattern, part) {
				out = !in
			}
		}
	}
	return out
}

// matches matches a path, and with **/ before the pattern any end of it.
func matches(pattern, name string) bool {
	rest, anywhere := strings.CutPrefix(pattern, "**/")
	for more := true; more; _, name, more = strings.Cut(name, "/") {
		if ok, err := path.Match(rest, name); ok && err == nil {
			return true
		}
		if !anywhere {
			return false
		}
	}
	return false
}
