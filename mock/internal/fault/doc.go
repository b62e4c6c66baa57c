// Package fault is what goes wrong on purpose, without HTTP: rules that say when
// a call is struck and what its client then sees.
//
// A [Rule] is made by hand, or from the line that people type with [Parse], and
// [Rule.Check] tells what is wrong with it. A [Set] holds the rules of a project:
// [Set.Strike] asks them, oldest first, what becomes of a call. The caller carries
// it out; nothing in here waits, sends or knows what time it is.
//
// # Grammar
//
//	fault  = [operation {"|" operation} ":"] step {"," step} {";" option}
//	step   = atom {"+" atom} ["*" times]
//	atom   = STATUS | "pass" | "delay=" D | "drop=before" | "drop=after" |
//	         "truncate=" N | "dribble=" N | "limit=" N "/" D | "enhanced=" CODE
//	option = "share=" F | "after=" N | "times=" N | "email=" GLOB |
//	         "expires=" (D | TIME) | "stage=" STAGE
//
// Steps are used once each, in order, and the last one repeats: 429*2,pass is two
// errors and then the real answers. D is a duration such as 250ms or 1d12h. The
// operation smtp is mail that comes by SMTP: STATUS is the code of a reply, CODE its
// enhanced code, and STAGE is connect, mail, rcpt, data or after-data, which is meant
// when it is left out: smtp:450+enhanced=4.2.0*2,pass;stage=rcpt.
//
// # Decisions
//
// Rules are values, and a step is never changed once it is made: a rule that was
// handed out stays as it was, and rules may share steps.
//
// The dice have no position. The draw of a rule's k-th match is a hash of the seed,
// the rule's ID and k, so that a rule which is saved and loaded goes on as if
// nothing had happened, and one rule does not change the luck of another.
//
// Limits are counted in whole numbers: what a limit lets pass is exact, however
// long it runs.
package fault
