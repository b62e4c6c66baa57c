package inbox

import (
	"math/bits"
	"strings"
	"sync"
	"unicode"
)

// searchable is a message made ready to be searched: folded, and with what tells
// quickly that something does not occur in it.
type searchable struct {
	all    string // subject, names and addresses, and text: a line each
	first  int    // how long the subject is
	header string // the fields, each as "\nname: value"
	grams  []uint64
	shift  int // turns the hash of a gram into its bit
}

func newSearchable(m *Message) *searchable {
	var b strings.Builder
	text := m.Text()
	b.Grow(len(text) + 256)
	writeCaseless(&b, m.Subject)
	t := &searchable{first: b.Len()}
	for _, list := range [][]Address{{m.From}, m.To, m.Copies(), m.Replies()} {
		for _, a := range list {
			b.WriteByte('\n')
			writeCaseless(&b, a.Name+" <"+a.Address+">")
		}
	}
	b.WriteByte('\n')
	writeCaseless(&b, text)
	t.all = strings.Clone(b.String()) // without the room that was left
	b.Reset()
	for _, f := range m.Header() {
		b.WriteByte('\n')
		writeCaseless(&b, f.Name)
		b.WriteString(": ")
		writeCaseless(&b, f.Value)
	}
	t.header = strings.Clone(b.String())
	t.index()
	return t
}

// Bounds of how many bits stand for the grams of a message, as powers of two.
const (
	leastGrams = 9
	mostGrams  = 16
)

// index notes which two and three bytes follow each other.
func (t *searchable) index() {
	size := max(leastGrams, min(mostGrams, bits.Len(uint(len(t.all)*3))))
	t.grams, t.shift = make([]uint64, 1<<size/64), 32-size
	for i := 1; i < len(t.all); i++ {
		t.note(pairOf(t.all, i))
		if i > 1 {
			t.note(tripleOf(t.all, i))
		}
	}
}

func (t *searchable) note(hash uint32) {
	bit := hash >> t.shift
	t.grams[bit/64] |= 1 << (bit % 64)
}

// pairOf returns the hash of the two bytes up to i.
func pairOf(s string, i int) uint32 {
	return (uint32(s[i]) | uint32(s[i-1])<<8 | 1<<24) * 0x9E3779B1
}

// tripleOf returns the hash of the three bytes up to i.
func tripleOf(s string, i int) uint32 {
	return (uint32(s[i]) | uint32(s[i-1])<<8 | uint32(s[i-2])<<16) * 0x9E3779B1
}

// needle is what is looked for.
type needle struct {
	text  string
	grams []uint32
}

// newNeedle makes ready what to look for. It is empty when s has white space
// alone.
func newNeedle(s string) needle {
	const most = 32 // grams that are looked up; a longer needle is compared
	n := needle{text: caseless(s)}
	if len(n.text) == 2 {
		n.grams = append(n.grams, pairOf(n.text, 1))
	}
	for i := 2; i < len(n.text) && len(n.grams) < most; i++ {
		n.grams = append(n.grams, tripleOf(n.text, i))
	}
	return n
}

// contains tells whether a needle occurs.
func (t *searchable) contains(n needle) bool { return t.may(n) && strings.Contains(t.all, n.text) }

// may tells whether a needle may occur, without looking at the text.
func (t *searchable) may(n needle) bool {
	for _, hash := range n.grams {
		if bit := hash >> t.shift; t.grams[bit/64]&(1<<(bit%64)) == 0 {
			return false
		}
	}
	return true
}

// subject returns the folded subject.
func (t *searchable) subject() string { return t.all[:t.first] }

// bytes returns about how many bytes it holds.
func (t *searchable) bytes() int64 {
	return int64(128 + len(t.all) + len(t.header) + 8*len(t.grams))
}

// caseless takes letter case out of a text, and makes each run of white space one
// space.
func caseless(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	writeCaseless(&b, s)
	return b.String()
}

func writeCaseless(b *strings.Builder, s string) {
	start, space := b.Len(), false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = true
			continue
		}
		if space && b.Len() > start {
			b.WriteByte(' ')
		}
		space = false
		if r < 0x80 {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			b.WriteByte(byte(r)) //nolint:gosec // below 0x80
		} else {
			b.WriteRune(foldRune(r))
		}
	}
}

// foldRune returns the rune that stands for all that differ in case alone.
func foldRune(r rune) rune {
	least := r
	next := unicode.SimpleFold(r)
	if next == r {
		return r
	}
	for ; next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return unicode.ToLower(least)
}

// texts are the books of what a box keeps to search its messages. They are made
// when a message is first searched, kept within the budget alone, and are the
// first to go when bytes are short.
type texts struct {
	mu     sync.Mutex // guards the fields, and writes of entry.text
	bytes  int64
	closed bool
}

// searchable returns the message ready to be searched.
func (r Record) searchable() *searchable {
	if r.entry == nil {
		return newSearchable(r.Message)
	}
	if t := r.entry.text.Load(); t != nil {
		return t
	}
	t := newSearchable(r.Message)
	r.entry.box.keepText(r.entry, t)
	return t
}

// keepText keeps a text with its message, if there is room for it.
func (b *Box) keepText(e *entry, t *searchable) {
	b.texts.mu.Lock()
	defer b.texts.mu.Unlock()
	if b.texts.closed || e.marks.Load() == nil || e.text.Load() != nil {
		return
	}
	if budget := b.options.Budget; budget != nil {
		if budget.Room() < t.bytes() {
			return
		}
		budget.Add(t.bytes())
	}
	b.texts.bytes += t.bytes()
	e.text.Store(t)
}

// dropText drops the text of a message and returns its bytes.
func (b *Box) dropText(e *entry) int64 {
	b.texts.mu.Lock()
	defer b.texts.mu.Unlock()
	t := e.text.Swap(nil)
	if t == nil {
		return 0
	}
	b.texts.bytes -= t.bytes()
	if b.options.Budget != nil && !b.texts.closed {
		b.options.Budget.Add(-t.bytes())
	}
	return t.bytes()
}

// held returns how many bytes the texts have.
func (t *texts) held() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bytes
}

// close ends the keeping, and returns how many bytes the texts had.
func (t *texts) close() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	return t.bytes
}

// dropTexts drops all texts and returns their bytes. b.mu must be held.
func (b *Box) dropTexts() (n int64) {
	if b.texts.held() == 0 {
		return 0
	}
	for _, e := range b.entries {
		n += b.dropText(e)
	}
	return n
}
