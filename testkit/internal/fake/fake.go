// Package fake has a test that is none of package testing, as ginkgo's are: it has the
// methods of testkit.TB, and a context as theirs. What fails on purpose fails in it.
package fake

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

var _ remote.TB = (*T)(nil)

// T is a test. The zero T is one without a name.
type T struct {
	name string

	mu       sync.Mutex // guards what follows
	said     strings.Builder
	failed   bool
	ended    bool // and runs its cleanups
	cleanups []func()
}

// New returns the test of an example. It ends with [T.Done].
func New() *T { return &T{name: "Example"} }

// Run runs a test to its end, and returns all that it said with PASS or FAIL behind it.
func Run(name string, test func(t *T)) string {
	t := &T{name: name}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(t)
	}()
	<-done
	t.end()
	if t.failed {
		return t.said.String() + "FAIL"
	}
	return t.said.String() + "PASS"
}

// Done ends the test. When it has failed, what it said is printed.
func (t *T) Done() {
	t.end()
	if t.failed {
		_, _ = os.Stdout.WriteString(t.said.String())
	}
}

func (t *T) end() {
	t.mu.Lock()
	t.ended = true
	t.mu.Unlock()
	for len(t.cleanups) > 0 {
		last := len(t.cleanups) - 1
		fn := t.cleanups[last]
		t.cleanups = t.cleanups[:last]
		fn()
	}
}

// Helper does nothing.
func (t *T) Helper() {}

// Name returns the test's name.
func (t *T) Name() string { return t.name }

// Context is the test's, which ginkgo gives to no one who cleans up.
func (t *T) Context() context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		panic("the test is over")
	}
	return context.Background()
}

// Cleanup has fn called when the test is over.
func (t *T) Cleanup(fn func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanups = append(t.cleanups, fn)
}

// Logf notes what the test says.
func (t *T) Logf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(&t.said, format+"\n", args...)
}

// Errorf fails the test.
func (t *T) Errorf(format string, args ...any) {
	t.Logf(format, args...)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = true
}

// Fatalf fails the test and ends its goroutine.
func (t *T) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

// Failed tells whether the test has failed.
func (t *T) Failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}
