package mock

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// saver keeps a server's projects in a file: their state as one fixture, written
// anew some time after it has changed, and their mails in a second file, a line
// a mail, written as they come.
type saver struct {
	server  *Server
	file    string
	changed chan struct{} // has one when there is something to save
	done    chan struct{} // closed when run has ended

	mu     sync.Mutex
	mails  *os.File
	upTo   map[string]string // project → the cursor up to which its mails are in the file
	thrown bool              // mails that are in the file are none any more
	size   int64             // bytes of the file
	grows  int64             // beyond so many, those that a limit has pushed out are taken out
}

// roomToGrow is how many bytes the file of mails may have for mails that are none any more,
// beside as many again as it needs.
const roomToGrow = 64 << 20

// saveAfter is how long changes are gathered before they are saved.
const saveAfter = 500 * time.Millisecond

// Persist loads what file holds, and keeps what the server holds in it from now
// on: the state of the projects in file, their mails in file.mail. A project in
// it takes the place of the one that a fixture has made. An error tells what is
// wrong with a file that is there; nothing is written to it then. Close saves a
// last time. Persist is called once, before the first call.
func (s *Server) Persist(file string) error {
	v := &saver{server: s, file: file, changed: make(chan struct{}, 1), done: make(chan struct{}), upTo: map[string]string{}}
	if err := v.load(); err != nil {
		return err
	}
	// What was restored is written at once, so that a place that cannot be
	// written to is found out now.
	if err := errors.Join(v.save(), v.compact()); err != nil {
		return fmt.Errorf("mock: the state cannot be written to %s: %w", file, err)
	}
	for _, w := range s.worlds.all() {
		w.skipForwarding() // what was restored is not new
	}
	s.saver.Store(v)
	go v.run()
	return nil
}

func (v *saver) mailFile() string { return v.file + ".mail" }

// load restores what the files hold.
func (v *saver) load() error {
	mails, err := v.readMails()
	if err != nil {
		return err
	}
	data, err := os.ReadFile(v.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("mock: the state: %w", err)
	default:
		if err := v.restore(data, mails); err != nil {
			return fmt.Errorf("mock: the state in %s cannot be read, and stays as it is; mend it, or move it away:\n%w", v.file, err)
		}
	}
	for _, m := range mails {
		if err := v.restoreMail(m); err != nil {
			return err
		}
	}
	return nil
}

// restore puts the projects of the state into their places.
func (v *saver) restore(data []byte, mails []savedMail) error {
	projects, f, err := v.server.parseFixture(v.file, data)
	if err != nil {
		return err
	}
	last := map[string]string{}
	for _, m := range mails {
		if m.Message != nil {
			last[m.Project] = m.Message.ID
		}
	}
	for i, p := range projects {
		p.snapshot.Salt = last[p.name]
		if err := v.server.worlds.restore(p); err != nil {
			return located(f, prefixed(fmt.Sprintf("projects[%d].", i), err))
		}
	}
	return nil
}

// restoreMail puts a mail back into its inbox.
func (v *saver) restoreMail(m savedMail) error {
	w, err := v.server.worlds.use(m.Project)
	if err != nil {
		return err
	}
	defer w.release()
	w.box.SkipTo(m.Cursor)
	m.restore(w.box, v.server.config.ReadMail)
	return nil
}

// readMails reads the file of mails. A last line that was cut off is dropped.
func (v *saver) readMails() ([]savedMail, error) {
	file, err := os.Open(v.mailFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("mock: the mails: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	var mails []savedMail
	var above column
	lines := bufio.NewReaderSize(file, 1<<20)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			if len(line) > 0 {
				v.server.config.Log.Warn("the last mail in the file is cut off, and was dropped", "file", v.mailFile(), "line", n, "bytes", len(line))
			}
			return mails, nil
		}
		if err != nil {
			return nil, fmt.Errorf("mock: the mails: %w", err)
		}
		var m savedMail
		err = json.Unmarshal(line, &m)
		if err == nil {
			err = above.join(&m)
		}
		if err != nil || !m.whole() || !validName(m.Project) {
			return nil, fmt.Errorf("mock: %s:%d: is not a mail as plunkmock writes it; mend the line, or move the file away: %w",
				v.mailFile(), n, errors.Join(err, errors.New("it needs project and message")))
		}
		mails = append(mails, m)
	}
}

// touch tells that there is something to save. A nil saver saves nothing.
func (v *saver) touch() {
	if v == nil {
		return
	}
	select {
	case v.changed <- struct{}{}:
	default: // it knows
	}
}

// capture writes the mails that have come into a project since the last time.
func (v *saver) capture(w *world) {
	if v == nil || w == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	records := w.box.After(v.upTo[w.name])
	if len(records) == 0 {
		return
	}
	var lines bytes.Buffer
	var above column
	for _, r := range records {
		if err := encodeMail(&lines, w.name, above.saved(r), r.Before()); err != nil {
			v.failed(err)
			return
		}
	}
	if n, err := v.mails.Write(lines.Bytes()); err != nil {
		v.failed(err)
		v.takeBack(int64(n))
		return
	}
	v.upTo[w.name] = records[len(records)-1].Cursor
	v.size += int64(lines.Len())
	v.thrown = v.thrown || v.size > v.grows
}

// takeBack takes the n bytes that were written of a mail off the end of its file, lest the
// next mail stand in the same line. v.mu must be held.
func (v *saver) takeBack(n int64) {
	info, err := v.mails.Stat()
	if err == nil {
		err = v.mails.Truncate(info.Size() - n)
	}
	if err != nil {
		v.thrown = true // all of it is written anew
	}
}

func (v *saver) failed(err error) {
	v.server.config.Log.Error("the state could not be saved", "file", v.file, "err", err)
}

func encodeMail(b *bytes.Buffer, project string, m savedMail, before string) error {
	m.Project, m.Cursor = project, before
	return encodeLine(b, m)
}

func encodeLine(b *bytes.Buffer, m savedMail) error {
	if err := encode(b, m); err != nil {
		return err
	}
	return b.WriteByte('\n')
}

// throw tells that mails which are in the file are none any more.
func (v *saver) throw() {
	if v == nil {
		return
	}
	v.mu.Lock()
	v.thrown = true
	v.mu.Unlock()
	v.touch()
}

// run saves what has changed, until the server closes; then a last time.
func (v *saver) run() {
	defer close(v.done)
	for {
		select {
		case <-v.changed:
		case <-v.server.closed:
			return
		}
		timer := time.NewTimer(saveAfter)
		select {
		case <-timer.C:
		case <-v.server.closed:
			timer.Stop()
			return
		}
		if err := v.save(); err != nil {
			v.failed(err)
		}
		v.mu.Lock()
		thrown := v.thrown
		v.mu.Unlock()
		if thrown {
			if err := v.compact(); err != nil {
				v.failed(err)
			}
		}
	}
}

// finish saves a last time. Nothing else happens any more.
func (v *saver) finish() error {
	if v == nil {
		return nil
	}
	<-v.done
	return errors.Join(v.save(), v.compact(), v.mails.Close())
}

// save writes the state.
func (v *saver) save() error {
	return replaceFile(v.file, func(w io.Writer) error {
		state := fixtureResponse{1, []fixtureProject{}}
		for _, world := range v.server.worlds.all() {
			state.Projects = append(state.Projects, fixtureOut(world).Projects...)
		}
		var b bytes.Buffer
		if err := encode(&b, state); err != nil {
			return err
		}
		b.WriteByte('\n')
		_, err := w.Write(b.Bytes())
		return err
	})
}

// compact writes all mails anew, as they are now. While most of that is done, those that
// come are written to the file that there is; in the end they are written behind it.
func (v *saver) compact() error {
	v.mu.Lock()
	v.thrown = false // what is thrown away meanwhile may be in the new file
	v.mu.Unlock()
	upTo := map[string]string{}
	part, err := beginFile(v.mailFile())
	if err == nil {
		err = v.writeMails(part, upTo)
	}
	if err == nil {
		err = part.sync()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err == nil {
		err = v.writeMails(part, upTo)
	}
	if v.mails != nil {
		_ = v.mails.Close() // on Windows no file takes the place of one that is open
	}
	if part != nil {
		err = part.end(err)
	}
	mails, failed := os.OpenFile(v.mailFile(), os.O_APPEND|os.O_WRONLY, 0o600)
	v.mails = mails
	if err == nil {
		v.upTo, v.size, v.grows = upTo, part.size, 2*part.size+roomToGrow
		err = failed
	}
	v.thrown = v.thrown || err != nil
	return err
}

// writeMails writes those mails of all projects that are beyond what upTo says.
func (v *saver) writeMails(w io.Writer, upTo map[string]string) error {
	for _, world := range v.server.worlds.all() {
		if err := writeMails(w, world, upTo); err != nil {
			return err
		}
	}
	return nil
}

// writeMails writes the mails of a project beyond a cursor, and the cursor that it has
// come to.
func writeMails(w io.Writer, world *world, upTo map[string]string) error {
	before := upTo[world.name]
	cursor := inbox.CursorOf(world.timeline.Seq()) // before the mails: what comes meanwhile is captured
	if cursor == before {
		return nil
	}
	var above column
	for _, r := range world.box.After(before) {
		var line bytes.Buffer
		if err := encodeMail(&line, world.name, above.saved(r), r.Before()); err != nil {
			return err
		}
		if _, err := w.Write(line.Bytes()); err != nil {
			return err
		}
		cursor = max(cursor, r.Cursor)
	}
	upTo[world.name] = cursor
	var line bytes.Buffer
	if err := encodeLine(&line, savedMail{Project: world.name, Cursor: cursor}); err != nil {
		return err
	}
	_, err := w.Write(line.Bytes())
	return err
}
