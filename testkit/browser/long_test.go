package browser_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// many puts n mails into the project: the newest is Letter n-1.
func (p project) many(tb testing.TB, n int) {
	tb.Helper()
	messages := make([]object, n)
	for i := range messages {
		messages[i] = object{"status": "SENT", "message": object{
			"ID": fmt.Sprintf("%08x-0000-4000-8000-000000000000", i), "Kind": "transactional", "Time": time.Now().UTC(),
			"From": object{"Name": "Shop", "Address": "shop@example.com"}, "To": []object{{"Address": fmt.Sprintf("u%d@example.com", i)}},
			"Subject": fmt.Sprint("Letter ", i), "HTML": fmt.Sprintf("<p>This is letter %d", i),
		}}
	}
	p.do(tb, http.MethodPut, "/_mock/state", object{"version": 1, "projects": []object{{"name": p.name, "messages": messages}}})
}

// TestLongList scrolls through many mails: rows are filled with the right ones, and
// there are few of them at any time.
func TestLongList(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	const n = 10_000
	p.many(t, n)
	p.open("inbox")
	p.see("10,000 mails", "Letter 9999")
	const list = `document.querySelector(".long")`
	const right = `(() => {
		const box = ` + list + `.getBoundingClientRect();
		const seen = [...document.querySelectorAll(".row")].filter((row) => {
			const {top, bottom} = row.getBoundingClientRect();
			return bottom > box.top && top < box.bottom;
		});
		return seen.length > 3 && seen.length < 40 && seen.every((row) => row.querySelector(".subject")?.textContent === "Letter " + ($0 - row.ariaPosInSet));
	})()`
	most := 0
	for _, share := range []float64{0, 0.5, 1, 0.25, 0.75, 0.001} {
		eval[any](p, list+`.scrollTop = $0 * `+list+`.scrollHeight`, share)
		p.wait(right, n)
		most = max(most, eval[int](p, rows))
	}
	// Whoever drags the bar through all of it asks for few of its pages.
	eval[any](p, `(async () => {
		for (let i = 0; i <= 100; i++) {
			`+list+`.scrollTop = i / 100 * `+list+`.scrollHeight;
			await new Promise(requestAnimationFrame);
		}
	})()`)
	p.wait(right, n)
	if most = max(most, eval[int](p, rows)); most > 60 {
		t.Errorf("there are up to %d rows", most)
	}
	for i := range 3 { // what arrives moves nothing for who is elsewhere
		p.send(t, fmt.Sprint("Late ", i), "<p>Hi</p>")
	}
	p.see("10,003 mails")
	p.wait(strings.ReplaceAll(right, "$0 -", "$0 + 3 -"), n)
	eval[any](p, list+`.scrollTop = 0`)
	p.see("Late 2")
	p.press("j", "j", "o")
	p.find("heading", "Late 1")
	var page struct{ Dropped int }
	if err := json.Unmarshal(p.do(t, http.MethodGet, "/_mock/inbox/messages?limit=0", nil), &page); err != nil || page.Dropped != 0 {
		t.Errorf("%v: %d mails were dropped", err, page.Dropped)
	}
}

// TestScrolledAway scrolls away from the row that has the focus, to where no row is
// fetched yet: the keys stay those of the list.
func TestScrolledAway(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	const n = 3_000
	p.many(t, n)
	p.open("inbox")
	p.see("3,000 mails", "Letter 2999")
	p.press("j")
	p.wait(`document.activeElement.closest(".row")`)
	eval[any](p, `document.querySelector(".long").scrollTop = 78 * 1500`)
	p.wait(`[...document.querySelectorAll(".row")].some((row) => row.textContent.includes("Letter 1499"))`)
	p.wait(`document.querySelector(".long").contains(document.activeElement)`)
	p.press("j")
	p.wait(`document.activeElement.closest(".row")?.textContent.includes("Letter 2998")`)
	if typed := eval[string](p, `document.querySelector("input[type=search]").value`); typed != "" {
		t.Errorf("%q was typed into the search", typed)
	}
}

// TestFarByKeys goes on from mail to mail where the list has no room beside them, past the
// rows that it has fetched.
func TestFarByKeys(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	const n = 250
	p.many(t, n)
	p.size(360, 740)
	p.open("inbox")
	p.see("250 mails")
	p.press("j", "o")
	p.find("heading", fmt.Sprint("Letter ", n-1))
	for range 120 {
		p.press("j")
	}
	p.find("heading", fmt.Sprint("Letter ", n-121))
	p.press("k")
	p.find("heading", fmt.Sprint("Letter ", n-120))
}
