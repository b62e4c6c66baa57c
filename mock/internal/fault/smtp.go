package fault

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/plunkmock/plunkmock/inbox"
)

// SMTP is the operation of mail that comes in by SMTP. A rule for it is asked at one
// stage of a session; its Status is the code of the reply.
const SMTP = "smtp"

func (r *Rule) isSMTP() bool { return slices.Contains(r.Operations, SMTP) }

// normalizeSMTP reads the stage however it is written: after DATA, after-data. A rule
// that names none is about the whole message.
func (r *Rule) normalizeSMTP() {
	if r.Stage == "" && r.isSMTP() {
		r.Stage = inbox.AfterData
	}
	plain := strings.NewReplacer(" ", "", "-", "", "_", "")
	for _, stage := range inbox.Stages() {
		if strings.EqualFold(plain.Replace(string(stage)), plain.Replace(string(r.Stage))) {
			r.Stage = stage
		}
	}
}

// checkSMTP checks what only a rule for SMTP has, and that it has nothing else.
func (r *Rule) checkSMTP(f *flaws) {
	if !r.isSMTP() {
		if r.Stage != "" {
			f.add("stage", "must go with the operation %s, not with calls of the API", SMTP)
		}
		r.eachStep(func(at string, s *Step) {
			if s.Enhanced != "" {
				f.add(at+".enhancedCode", "must go with the operation %s, not with calls of the API", SMTP)
			}
		})
		return
	}
	if len(r.Operations) > 1 {
		f.add("operation", "must be %s alone, not beside operations of the API", SMTP)
	}
	for _, p := range [][2]string{{"method", r.Method}, {"path", r.Path}, {"key", r.Key}} {
		if p[1] != "" {
			f.add(p[0], "must be left out, for %s has none", SMTP)
		}
	}
	if !slices.Contains(inbox.Stages(), r.Stage) {
		f.add("stage", "must be connect, MAIL, RCPT, DATA or after DATA, not %s", quote(string(r.Stage)))
	}
	if r.Email != "" && r.Stage == inbox.AtConnect {
		f.add("email", "must be left out at the stage connect, where no address is known")
	}
	r.eachStep(func(at string, s *Step) { s.checkSMTP(f, at, r.Stage) })
}

// eachStep goes over the steps, once over those that are written with a number.
func (r *Rule) eachStep(fn func(at string, s *Step)) {
	for i := 0; i < len(r.Steps) && i < maxSteps; i += run(r.Steps[i:]) {
		if s := r.Steps[i]; s != nil {
			fn(fmt.Sprintf("steps[%d]", i), s)
		}
	}
}

var enhancedCode = regexp.MustCompile(`^[45]\.[0-9]{1,3}\.[0-9]{1,3}$`)

func (s *Step) checkSMTP(f *flaws, at string, stage inbox.Stage) {
	for _, p := range []struct {
		given bool
		field string
	}{
		{len(s.Headers) > 0, ".headers"},
		{s.RetryAfter != 0, ".retryAfter"},
		{s.Truncate != nil, ".truncate"},
		{s.Body != nil, ".body"},
		{s.Dribble != 0, ".dribble"},
	} {
		if p.given {
			f.add(at+p.field, "must be left out: an answer of SMTP is one line")
		}
	}
	if s.Drop == DropAfter && stage != inbox.AfterData {
		f.add(at+".drop", "must be before, for nothing has happened yet at the stage %s", stage)
	}
	switch {
	case s.Enhanced == "":
	case !enhancedCode.MatchString(s.Enhanced):
		f.add(at+".enhancedCode", "must be a code such as 4.7.1, not %s", quote(s.Enhanced))
	case s.Status == 0:
		f.add(at+".enhancedCode", "must go with a code")
	case int(s.Enhanced[0]-'0') != s.Status/100:
		f.add(at+".enhancedCode", "must begin with %d, as the code %d does, not %s", s.Status/100, s.Status, quote(s.Enhanced))
	}
}
