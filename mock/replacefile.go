package mock

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// replaceFile writes a file so that there is the old one or the new one, whole,
// whatever happens.
func replaceFile(name string, write func(io.Writer) error) error {
	part, err := beginFile(name)
	if err != nil {
		return err
	}
	return part.end(write(part))
}

// newFile is a file that will take the place of one.
type newFile struct {
	name     string
	part     *os.File
	buffered *bufio.Writer
	size     int64
}

func beginFile(name string) (*newFile, error) {
	// Always the same name, so that what a crash leaves is overwritten.
	part, err := os.OpenFile(name+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // the user names it
	if err != nil {
		return nil, err
	}
	return &newFile{name: name, part: part, buffered: bufio.NewWriterSize(part, 1<<16)}, nil
}

func (f *newFile) Write(p []byte) (int, error) {
	n, err := f.buffered.Write(p)
	f.size += int64(n)
	return n, err
}

// sync makes sure of what was written so far.
func (f *newFile) sync() error {
	if err := f.buffered.Flush(); err != nil {
		return err
	}
	return f.part.Sync()
}

// end puts the file into its place, unless there was an error.
func (f *newFile) end(err error) error {
	if err == nil {
		err = f.sync()
	}
	err = errors.Join(err, f.part.Close())
	if err == nil {
		err = os.Rename(f.part.Name(), f.name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.part.Name()))
	}
	if dir, err := os.Open(filepath.Dir(f.name)); err == nil {
		_ = dir.Sync() // the name is there to stay; not every system can
		_ = dir.Close()
	}
	return nil
}
