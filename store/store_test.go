package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ippo/internal/secret"
)

// newStore opens an empty store in a temporary folder. Its clock stands at an awkward moment.
func newStore(t testing.TB) *Store {
	t.Helper()
	return openIn(t, t.TempDir())
}

// openIn opens the store in a folder until the test ends.
func openIn(t testing.TB, dir string) *Store {
	t.Helper()
	keys, err := secret.Load(dir + "/secret.key")
	if err != nil {
		t.Fatal(err)
	}
	if path := filepath.Join(dir, File); !exists(path) {
		db, err := empty()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, db, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(context.Background(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Now = func() time.Time { return time.Date(2026, 3, 31, 14, 59, 30, 0, time.UTC) }
	return s
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// empty returns the file of a database that went through every migration and in which nothing was written
// then: one in each process, as in package storetest, which cannot be used here.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "ippo-empty-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		return nil, err
	}
	s, err := Open(context.Background(), dir, keys)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, File))
})

// Writes that share a commit do not share their failures.
func TestWritesShareCommitsNotFailures(t *testing.T) {
	s := newStore(t)
	refused := errors.New("refused")
	var wg sync.WaitGroup
	for i := range 400 {
		wg.Go(func() {
			err := s.Write(t.Context(), func(t *Tx) error {
				if _, err := t.tx.Exec("INSERT INTO tags (id, slug, name) VALUES (?, ?, '')", i, fmt.Sprint(i)); err != nil {
					return err
				}
				switch i % 4 {
				case 1:
					return refused
				case 2:
					panic("a fault in one write")
				}
				return nil
			})
			if failed := i%4 == 1 || i%4 == 2; failed != (err != nil) {
				t.Errorf("write %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	var n int
	if err := s.ro.QueryRow("SELECT count(*) FROM tags").Scan(&n); err != nil || n != 200 {
		t.Errorf("%d rows, %v; want 200", n, err)
	}
}

func TestWriteAfterCloseAndCancelled(t *testing.T) {
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Write(ctx, func(*Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled write: %v", err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	s := newStore(t)
	if _, err := s.ro.Exec("DELETE FROM tags"); err == nil {
		t.Error("a reading connection wrote")
	}
}

// A webhook is stored before what waits to be written, but the rest is not starved by a flood of them.
func TestWebhooksAreWrittenFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(t)
		var order []string
		done := make(chan error)
		queue := func(name string, write func(context.Context, func(*Tx) error) error) {
			go func() {
				done <- write(t.Context(), func(*Tx) error {
					order = append(order, name)
					return nil
				})
			}()
			synctest.Wait() // until it stands in its queue
		}
		busy, free := make(chan struct{}), make(chan struct{})
		go func() {
			done <- s.Write(t.Context(), func(*Tx) error {
				close(busy)
				<-free
				return nil
			})
		}()
		<-busy
		for range 3 {
			queue("rest", s.Write)
		}
		for range 20 {
			queue("webhook", s.writeFirst)
		}
		close(free)
		for range 24 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if order[0] != "webhook" || order[1] != "webhook" {
			t.Errorf("webhooks waited: %v", order)
		}
		if first := slices.Index(order, "rest"); first > 8 {
			t.Errorf("the rest waited for %d webhooks", first)
		}
	})
}

// bareDatabase is the database file of a folder, without any tables of ours.
func bareDatabase(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
