package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestAFileIsWrittenWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	for _, mode := range []os.FileMode{0o600, 0o644} {
		if err := writeWhole(file, []byte("text")); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != mode {
			t.Fatalf("%v, %v; want the mode %v", info, err, mode)
		}
		if err := os.Chmod(file, 0o644); err != nil { // which stays
			t.Fatal(err)
		}
	}
	if err := os.Symlink("file", link); err != nil {
		t.Fatal(err)
	}
	if err := writeWhole(link, []byte("through the link")); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "through the link" {
		t.Errorf("%q, %v", data, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v: something stays behind", entries, err)
	}
}

// Whoever names a device must keep it.
func TestWhatIsNoFileStays(t *testing.T) {
	t.Parallel()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := os.Symlink("/proc/self/fd/"+strconv.Itoa(int(write.Fd())), pipe); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(pipe); err != nil {
		t.Skip("there is no /proc here")
	}
	if err := writeWhole(pipe, []byte("text")); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	got := make([]byte, 10)
	if n, err := read.Read(got); err != nil || string(got[:n]) != "text" {
		t.Errorf("%q, %v", got[:n], err)
	}
}

func TestAFileThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	r := start(t)
	file := filepath.Join(t.TempDir(), "nowhere", "file")
	_, stderr, code := r.cli(t, "", "state", "get", file)
	if want := "plunkmock: writing " + file + ": no such file or directory\n"; code != exitRuntime || !strings.HasPrefix(stderr, want) {
		t.Errorf("exit code %d, %s; want %s", code, stderr, want)
	}
}
