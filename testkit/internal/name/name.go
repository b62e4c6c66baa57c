// Package name knows what projects are called: those of tests, and what any may be.
package name

import (
	"fmt"
	"strings"
)

// most is how many bytes a project's name may have.
const most = 128

// Of makes a name that a project can have from that of a test. It has one hyphen, behind its
// first letter, so that what is put behind it with another is told apart.
func Of(test string) string {
	name := strings.Map(func(r rune) rune {
		if r != '-' && allowed(r) {
			return r
		}
		return '_'
	}, test)
	const room = 38 // for what is put behind it
	return "t-" + name[:min(len(name), most-room)]
}

// Check tells what is wrong with the name of a project.
func Check(name string) error {
	bad := strings.ContainsFunc(name, func(r rune) bool { return !allowed(r) })
	if name == "" || len(name) > most || bad || strings.HasPrefix(name, "invalid") {
		return fmt.Errorf("%q cannot be the name of a project: it takes 1 to %d of a-z, A-Z, 0-9, _ and -, and does not begin with invalid", name, most)
	}
	return nil
}

func allowed(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
}
