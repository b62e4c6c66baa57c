package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/plunkmock/plunkmock/mock"
)

// fixtureFiles returns the files that are meant by files and folders: of a
// folder those that end in .yml, .yaml or .json, in the order of their names.
func fixtureFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path) //nolint:gosec // the user names it
		if err != nil {
			return nil, badFixture(err)
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, badFixture(err)
		}
		for _, e := range entries {
			if slices.Contains([]string{".yml", ".yaml", ".json"}, filepath.Ext(e.Name())) && !e.IsDir() {
				files = append(files, filepath.Join(path, e.Name()))
			}
		}
	}
	return files, nil
}

func badFixture(err error) error {
	return &failure{exitFixture, err, "plunkmock validate FILE tells what is wrong with a fixture."}
}

// loadFixtures adds files to a server, each whole or not at all.
func loadFixtures(server *mock.Server, files []string) error {
	var errs []error
	for _, file := range files {
		data, err := os.ReadFile(file) //nolint:gosec // the user names it
		if err == nil {
			err = server.AddFixture(file, data)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return badFixture(fmt.Errorf("fixtures:\n%w", err))
	}
	return nil
}

// validate tells what is wrong with fixtures.
func validate(args []string, stdout io.Writer) error {
	if len(args) == 0 {
		return &failure{exitUsage, errors.New("validate needs the name of a file or folder"), "Such as plunkmock validate fixtures.yml"}
	}
	files, err := fixtureFiles(args)
	if err != nil {
		return &failure{exitFixture, err, ""}
	}
	server, err := mock.New(mock.Config{})
	if err != nil {
		return err
	}
	defer server.Close() //nolint:errcheck // holds nothing
	if err := loadFixtures(server, files); err != nil {
		f, _ := errors.AsType[*failure](err)
		return &failure{exitFixture, f.err, ""}
	}
	for _, file := range files {
		if _, err := fmt.Fprintf(stdout, "%s is right\n", file); err != nil {
			return err
		}
	}
	return nil
}

// watchEvery is how often files are looked at. Notifications get lost on mounts
// of containers, so there are none.
const watchEvery = time.Second

// watch picks up files that have changed since they were seen, until ctx ends.
func watch(ctx context.Context, server *mock.Server, paths []string, seen map[string]version, log *slog.Logger) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := versions(paths)
		for file, version := range now {
			if version != seen[file] {
				update(server, file, log)
			}
		}
		seen = now
	}
}

// version tells whether a file has changed.
type version struct {
	time time.Time
	size int64
}

func versions(paths []string) map[string]version {
	all := map[string]version{}
	files, err := fixtureFiles(paths)
	if err != nil {
		return all // it is being replaced; the next look sees it
	}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil { //nolint:gosec // the user names it
			all[file] = version{info.ModTime(), info.Size()}
		}
	}
	return all
}

func update(server *mock.Server, file string, log *slog.Logger) {
	data, err := os.ReadFile(file) //nolint:gosec // the user names it
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = server.UpdateFixture(file, data)
	}
	if err != nil {
		log.Error("a fixture has changed and is wrong; what was there stays", "file", file, "err", err)
		return
	}
	log.Info("a fixture has changed and was taken", "file", file)
}
