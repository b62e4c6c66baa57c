package hostile_test

import (
	"testing"

	"github.com/plunkmock/plunkmock/internal/hostile"
)

func TestCount(t *testing.T) {
	n := 0
	for _, m := range hostile.Mails() {
		d := m.Data(25_000_000, "h")
		n += len(d)
		if len(d) > 25_000_000 {
			t.Log(m.Name, len(d))
		}
	}
	t.Log(len(hostile.Mails()), n>>20)
}
