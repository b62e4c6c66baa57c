package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// writeWhole writes a file so that no one sees a part of it. It is for its owner alone,
// unless it was there and for others too. What is no file, such as a pipe or /dev/stdout,
// is written to as it is, and stays.
func writeWhole(name string, data []byte) error {
	mode := fs.FileMode(0o600)
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return named(name, appendTo(name, string(data)))
	}
	if err == nil {
		mode = info.Mode().Perm()
		if name, err = filepath.EvalSymlinks(name); err != nil { // the link stays, too
			return err
		}
	}
	part, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part")
	if err != nil {
		return named(name, err)
	}
	_, err = part.Write(data)
	err = errors.Join(err, part.Chmod(mode), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		_ = os.Remove(part.Name()) // it is of no use
	}
	return named(name, err)
}

// named is an error of a file, by the name that the user knows.
func named(name string, err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		err = failed.Err
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("writing %s: %w", name, err)
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the user names it
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
