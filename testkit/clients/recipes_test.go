package clients_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

// TestVitest runs the recipe of Vitest and Next.js: an application under test,
// which knows Plunk's client alone, and reads of its mails.
func TestVitest(t *testing.T) {
	t.Parallel()
	needNode(t, 18)
	runRecipe(t, installed(t, "vitest"), "node", "node_modules/vitest/vitest.mjs", "run")
}

// TestPytest runs the recipe of pytest.
func TestPytest(t *testing.T) {
	t.Parallel()
	pytest, err := exec.LookPath("pytest-3") // as Debian names it
	if err != nil {
		pytest, err = exec.LookPath("pytest")
	}
	if err != nil {
		skip(t, "pytest is not installed (Debian: python3-pytest): %v", err)
	}
	runRecipe(t, "pytest", pytest, "-q", "-p", "no:cacheprovider")
}

// TestPHP runs the recipe of PHP.
func TestPHP(t *testing.T) {
	t.Parallel()
	php, err := exec.LookPath("php")
	if err != nil {
		skip(t, "php is not installed (Debian: php-cli): %v", err)
	}
	runRecipe(t, "php", php, "sign_up.php")
}

// pathToCommand returns the variable with which programs find the command.
func pathToCommand(t *testing.T) string {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(bin, filepath.Join(dir, "plunkmock")); err != nil {
		skip(t, "there are no links to files: %v", err)
	}
	return "PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH")
}

// runRecipe runs a program of dir with the variables that plunkmock env prints,
// and with the command, against an emulator of its own.
func runRecipe(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	emulator, err := mock.New(mock.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = emulator.Close() })
	web := httptest.NewServer(emulator)
	t.Cleanup(web.Close)
	args = append([]string{"PLUNK_BASE_URL=" + web.URL + "/v1/", "PLUNK_SECRET_KEY=sk_recipe", "PLUNKMOCK_URL=" + web.URL, "PLUNKMOCK_KEY=sk_recipe", "PYTHONDONTWRITEBYTECODE=1", pathToCommand(t), name}, args...)
	if out, err := command(t, dir, nil, "env", args...); err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
}

// TestReadmeShowsWhatRuns compares the programs that the README shows with the
// files that the tests here run.
func TestReadmeShowsWhatRuns(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for language, files := range map[string][]string{
		"js":     {"vitest/sign-up.test.js", "vitest/wait.test.js", "vitest/app/api/sign-up/route.js"},
		"python": {"pytest/test_sign_up.py"},
		"php":    {"php/sign_up.php"},
	} {
		var run strings.Builder
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			run.Write(text)
		}
		shown := regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(string(readme), -1)
		if len(shown) == 0 {
			t.Errorf("the README shows no %s", language)
		}
		for _, block := range shown {
			if strings.Contains(block[1], "nodemailer") || strings.Contains(block[1], "smtplib") {
				continue // the tests of snippets run it as it stands
			}
			if !strings.Contains(run.String(), block[1]) {
				t.Errorf("no test runs this %s of the README:\n%s", language, block[1])
			}
		}
	}
}
