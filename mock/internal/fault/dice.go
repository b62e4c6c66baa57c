package fault

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strconv"
	"time"
)

// maxDelay is the longest that an answer waits.
const maxDelay = 10 * time.Minute

// dice are those of one match of one rule.
type dice struct {
	seed, rule string
	match      int
}

// roll returns two numbers from 0 to less than 1, which are the same for the same
// purpose.
func (d dice) roll(purpose string) (float64, float64) {
	text := append([]byte(d.seed), 0)
	text = append(append(text, d.rule...), 0)
	text = append(strconv.AppendInt(text, int64(d.match), 10), 0)
	sum := sha256.Sum256(append(text, purpose...))
	return unit(sum[:8]), unit(sum[8:16])
}

// unit makes of eight bytes a number from 0 to less than 1.
func unit(b []byte) float64 { return float64(binary.BigEndian.Uint64(b)>>11) / (1 << 53) }

// spares tells whether the match is not of the share that is struck.
func (d dice) spares(share *float64) bool {
	if share == nil {
		return false
	}
	drawn, _ := d.roll("share")
	return drawn >= *share
}

// delay draws how long the answer waits.
func (d dice) delay(by *Delay) time.Duration {
	switch {
	case by == nil:
		return 0
	case by.Median == 0 && by.Min == by.Max:
		return by.Min
	}
	u, v := d.roll("delay")
	if by.Median == 0 {
		return by.Min + time.Duration(u*float64(by.Max-by.Min))
	}
	normal := math.Sqrt(-2*math.Log(1-u)) * math.Cos(2*math.Pi*v) // Box and Muller's
	return time.Duration(min(float64(by.Median)*math.Exp(by.Sigma*normal), float64(maxDelay)))
}
