package testkit_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
)

// fakeT is a test that is none of package testing, as those of ginkgo are: it has the
// methods of testkit.TB, and no more.
type fakeT struct {
	name string

	mu       sync.Mutex
	said     strings.Builder
	failed   bool
	cleanups []func()
}

func (t *fakeT) Helper()      {}
func (t *fakeT) Name() string { return t.name }

func (t *fakeT) Cleanup(fn func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanups = append(t.cleanups, fn)
}

func (t *fakeT) Logf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(&t.said, format+"\n", args...)
}

func (t *fakeT) Errorf(format string, args ...any) {
	t.Logf(format, args...)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = true
}

func (t *fakeT) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

func (t *fakeT) Failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

// done ends the test, and tells when it has failed.
func (t *fakeT) done() {
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
	if t.failed {
		fmt.Print(t.said.String())
	}
}

// outcome runs a test to its end, and returns what it said; whether it passed, ends it.
func outcome(name string, test func(t *fakeT)) string {
	t := &fakeT{name: name}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(t)
	}()
	<-done
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
	verdict := "PASS"
	if t.failed {
		verdict = "FAIL"
	}
	return t.said.String() + verdict
}
