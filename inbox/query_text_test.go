package inbox_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

// searchAll searches every message's text for what none has.
func searchAll(tb testing.TB, b *inbox.Box) {
	tb.Helper()
	q, err := inbox.ParseQuery("nowhere-to-be-found")
	if err != nil {
		tb.Fatal(err)
	}
	if n := b.List(inbox.Filter{Q: []inbox.Query{q}}, 0).Total; n != 0 {
		tb.Fatalf("found %d messages", n)
	}
}

func TestTextsAreCountedAndGoWithTheirMessages(t *testing.T) {
	t.Parallel()
	budget := inbox.NewBudget(1 << 30)
	b := inbox.NewBox(inbox.Options{Budget: budget})
	fill(b, 100)
	plain := budget.Used()
	searchAll(t, b)
	if budget.Used() <= plain || b.Bytes() != budget.Used() {
		t.Errorf("%d bytes before the search, %d after it, of which the box has %d", plain, budget.Used(), b.Bytes())
	}
	records := b.After("")
	b.DeleteID(records[0].ID)
	b.DropOldest(1) // the texts go first, and no message
	if b.Len() != 99 || b.Dropped() != 0 || b.Bytes() >= plain {
		t.Errorf("%d messages of %d bytes", b.Len(), b.Bytes())
	}
	searchAll(t, b)
	b.Clear()
	if budget.Used() != 0 || b.Bytes() != 0 {
		t.Errorf("an empty box holds %d bytes, and the budget counts %d", b.Bytes(), budget.Used())
	}
	fill(b, 10)
	searchAll(t, b)
	b.Close()
	searchAll(t, b)
	if budget.Used() != 0 {
		t.Errorf("a closed box leaves %d bytes in the budget", budget.Used())
	}
}

// TestSearchDropsNoMessage: what is there to search them stays within the budget,
// and makes room for what comes.
func TestSearchDropsNoMessage(t *testing.T) {
	t.Parallel()
	budget := inbox.NewBudget(0)
	b := inbox.NewBox(inbox.Options{Budget: budget})
	fill(b, 100)
	budget.Add(-budget.Used() - 500) // room for a few texts
	searchAll(t, b)
	if budget.Over() > 0 || budget.Room() > 500 {
		t.Errorf("over by %d, room for %d", budget.Over(), budget.Room())
	}
	b.Add(small("more", strings.Repeat("x", 400)))
	if got := b.List(inbox.Filter{Q: []inbox.Query{parseQuery(t, "xxxx")}}, 10).Total; got != 1 || b.Len() != 101 {
		t.Errorf("found %d of %d", got, b.Len())
	}
}

func TestSearchWhileMessagesComeAndGo(t *testing.T) {
	t.Parallel()
	budget := inbox.NewBudget(200 << 10)
	b := inbox.NewBox(inbox.Options{Budget: budget, MaxMessages: 50})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 200 {
				b.Add(small(fmt.Sprintf("m%d-%d", i, n), "<p>hello</p>"))
				if n%10 == 0 {
					b.DropOldest(1000)
				}
				if n%50 == 0 {
					b.Delete(inbox.Filter{Q: []inbox.Query{parseQuery(t, "hello subject:none")}})
				}
			}
		})
		wg.Go(func() {
			for range 200 {
				searchAll(t, b)
			}
		})
	}
	wg.Wait()
	if b.Bytes() != budget.Used() {
		t.Errorf("the box has %d bytes, and the budget counts %d", b.Bytes(), budget.Used())
	}
	b.Clear()
	if budget.Used() != 0 {
		t.Errorf("an empty box leaves %d bytes in the budget", budget.Used())
	}
}

// TestQueryServesManySearchesAtOnce is for the race detector.
func TestQueryServesManySearchesAtOnce(t *testing.T) {
	t.Parallel()
	b, q := post(), parseQuery(t, `/\d{6}/ or /(äpfel|left)\b/ -zebra`)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := found(b, q); got != "big news order" {
				t.Errorf("found %q", got)
			}
		})
	}
	wg.Wait()
}

// boxOf fills a box with n mails of 2 KB that read like mail: words in sentences,
// a table, a link, and a number of their own.
func boxOf(n int) *inbox.Box {
	words := strings.Fields(`your order has been received and will be shipped to the address below thank you for shopping with us
		if you did not ask for this please ignore it the team account password reset invoice total amount due`)
	b := new(inbox.Box)
	for i := range n {
		var text strings.Builder
		for k := 0; text.Len() < 1700; k++ {
			if k%12 == 0 {
				text.WriteString("</p><p>")
			}
			text.WriteString(words[(i*7+k*k+k*i%13)%len(words)] + " ")
		}
		b.Add(&inbox.Message{
			ID: fmt.Sprintf("mail-%06d", i), Kind: inbox.Transactional, Time: noon, Subject: fmt.Sprintf("Order %06d received", i),
			From: inbox.Address{Name: "Shop", Address: "shop@example.com"},
			To:   []inbox.Address{{Address: fmt.Sprintf("user%d@example.com", i)}},
			HTML: fmt.Sprintf(`<html><head><title>x</title></head><body><p>Hello User%d,%s</p><table><tr><td>Code</td><td>%06d</td></tr></table>`+
				`<a href="https://example.com/orders/%d?token=%x">View it</a></body></html>`, i, text.String(), i*7919%1000000, i, i*7919),
		})
	}
	return b
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkIndex10000 makes 10,000 mails of 2 KB ready to be searched, for which those
// that came in are read.
func BenchmarkIndex10000(b *testing.B) {
	for name, fill := range makers() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				box := fill(10_000)
				runtime.GC()
				b.StartTimer()
				searchAll(b, box)
			}
		})
	}
}

func BenchmarkQuery10000(b *testing.B) {
	box := boxOf(10_000)
	for _, c := range append(hardQueries(), []struct{ name, query string }{
		{"rare word", "user4711"},
		{"common word", "thank"},
		{"absent word", "zebra"},
		{"two letters", "zq"},
		{"phrase", `"hello user4711"`},
		{"common phrase", `"order has"`},
		{"negation", "-invoice"},
		{"negated phrase", `-"order has been received"`},
		{"regexp", `/order \d+99 received/`},
		{"regexp digits", `/\b\d{7}\b/`},
		{"regexp letters", `/[a-z]{30}/`},
		{"regexp code", `/\b\d{6}\b/`},
		{"regexp vowels", `/[aeiou]{4}\d/`},
		{"regexp either", `/(received|shipped) \d\d|zebra/`},
		{"regexp dots", `/order.*password.*zebra/`},
		{"regexp any", `/.*\d\d-\d\d/`},
		{"key", "subject:4711"},
		{"address", "to:*711@example.com"},
		{"header", "header:subject=4711"},
		{"size", "larger:1KB smaller:1MB"},
		{"many", "(user4711 or zebra or zq) -invoice or subject:/99 rec/ is:unread"},
	}...) {
		b.Run(c.name, func(b *testing.B) {
			q, err := inbox.ParseQuery(c.query)
			if err != nil {
				b.Fatal(err)
			}
			f := inbox.Filter{Q: []inbox.Query{q}}
			box.List(f, 50)
			for b.Loop() {
				box.List(f, 50)
			}
		})
	}
}

// hardQueries have to look at each byte of each mail.
func hardQueries() []struct{ name, query string } {
	alternation := "/" + strings.Join(strings.Split("received shipped address below shopping password invoice account", " "), `\d|`) + "\\d/"
	return []struct{ name, query string }{
		{"hard one letter", "/./"},
		{"hard digit", `/\d/`},
		{"hard six digits", `/\d{6}/`},
		{"hard seven digits", `/\d{7}/`},
		{"hard negated digits", `-/\d{7}/`},
		{"hard absent letter", "/[~^|]/"},
		{"hard absent pair", "/[aeiou][~^|]/"},
		{"hard absent after any", "/.[~^|]/"},
		{"hard any a to b", "/a.*b/"},
		{"hard any a to absent", "/a.*[~^|]/"},
		{"hard stars", "/o.*p.*a.*[~^|]/"},
		{"hard lines", `/(?s)order.*password.*\d{8}/`},
		{"hard words", `/\w+ \w+ \w+ \d{3}-/`},
		{"hard leading star", `/.*\d{8}.*/`},
		{"hard umlaut", "/[äöü]/"},
		{"hard letters", `/\pL{30}/`},
		{"hard upper", `/\p{Greek}|\p{Han}/`},
		{"hard bound", `/\b(\w)\w{1,3}\b \d/`},
		{"hard not", `/[^a-z0-9 .,:;\/()<>@?=\n\t-]/`},
		{"hard alternation", alternation},
		{"hard alternation either", `/(your|order) \d\d-|[xyz]{3}|\d{7}a/`},
		{"hard or of regexps", `/[aeiou]{4}\d/ or /\d{7}/ or /[~^|]/ or /\w{20}@/`},
		{"hard and of negated regexps", `-/[aeiou]{4}\d/ -/\d{7}/ -/[~^|]/ -/\w{20}@/`},
		{"hard and of late regexps", `/view.*orders/ /https:.*token/ /token=\w+\)/`},
		{"hard or of words", strings.Join(strings.Split("zebra quokka yak emu gnu ibex newt okapi puma quail raven stoat tapir urial viper walrus xerus zebu lynx moose", " "), " or ")},
		{"hard or of syllables", "the ther or ordere or hased or yourd or paccount or ignored or invoicet or themount or wille or beloww or addressf"},
		{"hard or of phrases", `"your order password" or "has been you" or "shopping with total" or "will be your" or "if you account" or "amount the"`},
		{"hard long phrase", `"your order has been received and will be shipped to the address below thank you for shopping with me"`},
		{"hard short words", "a e i o u t n s -zz -qq"},
		{"hard letter", "-e or -a or -t or -o"},
		{"hard header", "header:subject=/[aeiou]{4}/"},
		{"hard header value", `header:to=/user\d+99@/ or header:from=/x$/`},
		{"hard header any", "header:message-id=/.*[~^|]/"},
		{"hard no header", "-header:x-missing"},
		{"hard key regexps", `subject:/\d9\d9\d/ from:/x@/ or to:/9{3}/ or filename:/x/`},
		{"hard times", "since:2020-01-01 until:2040-01-01 has:attachment or kind:campaign or is:read"},
	}
}

// BenchmarkNear10000 tells why none of 10,000 mails matches a query.
func BenchmarkNear10000(b *testing.B) {
	box := boxOf(10_000)
	q, err := inbox.ParseQuery("zebra subject:order")
	if err != nil {
		b.Fatal(err)
	}
	f := inbox.Filter{Q: []inbox.Query{q}}
	box.Near(f, 20)
	for b.Loop() {
		box.Near(f, 20)
	}
}
