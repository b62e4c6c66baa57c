package mock_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// dials is what a program connects to others with, in the packages that have it.
var dials = map[string]*regexp.Regexp{
	"net":               regexp.MustCompile(`^(Dial|Lookup|Resolve|DefaultResolver)`),
	"net/http":          regexp.MustCompile(`^(Client|Get|Head|Post|PostForm|Transport|DefaultClient|DefaultTransport)$`),
	"net/http/httputil": regexp.MustCompile(`Proxy`),
	"net/rpc":           regexp.MustCompile(`^Dial`),
	"net/smtp":          regexp.MustCompile(`^(Dial|SendMail)`),
	"crypto/tls":        regexp.MustCompile(`^Dial`),
	"os/exec":           regexp.MustCompile(`.`),
	"syscall":           regexp.MustCompile(`^Connect$`),
}

// TestOnlyForwardingDialsOut reads the source: a mail is full of addresses, and
// nothing of the emulator may ever follow one.
func TestOnlyForwardingDialsOut(t *testing.T) {
	t.Parallel()
	var found []string
	for _, root := range []string{"../mock", "../inbox", "../fixtures"} {
		err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
				found = append(found, dialsOf(t, name)...)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"../mock/forward.go: net.Dialer"}; !slices.Equal(found, want) {
		t.Errorf("these dial out:\n%s\nwant %s", strings.Join(found, "\n"), want)
	}
}

// dialsOf returns where a file uses what dials.
func dialsOf(t *testing.T, name string) (found []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string]*regexp.Regexp{} // by the name that the file has for the package
	for _, i := range file.Imports {
		importPath, _ := strconv.Unquote(i.Path.Value)
		if dials[importPath] == nil {
			continue
		}
		local := path.Base(importPath)
		if i.Name != nil {
			local = i.Name.Name
		}
		if local == "." {
			t.Errorf("%s imports %s into its own names, where no one sees what dials", name, importPath)
		}
		imports[local] = dials[importPath]
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if from, ok := s.X.(*ast.Ident); ok && imports[from.Name] != nil && imports[from.Name].MatchString(s.Sel.Name) {
				found = append(found, filepath.ToSlash(name)+": "+from.Name+"."+s.Sel.Name)
			}
		}
		return true
	})
	return found
}
