package plunk

import (
	"fmt"
	"slices"
	"strings"
)

// names finds things by ID or name.
type names struct {
	byID   map[string]bool
	byName map[string]string // the ID of the first
	twice  map[string]int    // how many have a name that is not one's own
}

// grow makes room for n more.
func (n *names) grow(more int) {
	if n.byID == nil {
		n.byID, n.byName, n.twice = make(map[string]bool, more), make(map[string]string, more), map[string]int{}
	}
}

func (n *names) add(id, name string) {
	n.grow(0)
	if id != "" {
		if n.byID[id] {
			return
		}
		n.byID[id] = true
	}
	if _, taken := n.byName[name]; taken {
		n.twice[name] = max(1, n.twice[name]) + 1
		return
	}
	n.byName[name] = id
}

// find returns the ID of what ref names, or what is wrong with it.
func (n *names) find(ref, what string) (id, flaw string) {
	if n.byID[ref] {
		return ref, ""
	}
	if many := n.twice[ref]; many > 0 {
		return "", fmt.Sprintf("there are %d with the name %q; use an id", many, ref)
	}
	if id := n.byName[ref]; id != "" {
		return id, ""
	}
	return "", fmt.Sprintf("there is no %s %q; there are %s", what, ref, n.list())
}

func (n *names) list() string {
	var list []string
	for name := range n.byName {
		list = append(list, name)
	}
	if len(list) == 0 {
		return "none"
	}
	slices.Sort(list)
	if len(list) > maxFlaws {
		list = append(list[:maxFlaws], "…")
	}
	return strings.Join(list, ", ")
}

// has tells whether ref names something, and one thing alone.
func (n *names) has(ref string) bool {
	_, named := n.byName[ref]
	return n.byID[ref] || named && n.twice[ref] == 0
}

// unclaimed are the IDs of what is there and may be meant by its name.
type unclaimed struct {
	first map[string]string   // by name
	more  map[string][]string // of the same name, oldest first
}

func (u *unclaimed) add(id, name string) {
	if u.first == nil {
		u.first, u.more = map[string]string{}, map[string][]string{}
	}
	if u.first[name] == "" {
		u.first[name] = id
		return
	}
	u.more[name] = append(u.more[name], id)
}

// take returns the first ID of a name, which is not given again; "" when there
// is none.
func (u *unclaimed) take(name string) string {
	id := u.first[name]
	if id == "" {
		return ""
	}
	delete(u.first, name)
	if more := u.more[name]; len(more) > 0 {
		u.first[name], u.more[name] = more[0], more[1:]
	}
	return id
}
