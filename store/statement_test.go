package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"ippo"
	"ippo/internal/secret"
)

// A caller who gives up in the middle of a write does not undo the writes of others that share its
// transaction, nor half of its own.
func TestWriteOutlivesItsCaller(t *testing.T) {
	s := newStore(t)
	ctx, giveUp := context.WithCancel(t.Context())
	err := s.Write(ctx, func(t *Tx) error {
		giveUp()
		return t.exec(ctx, "INSERT INTO unsent_messages (message_id, at) VALUES ('m1', '')")
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := one(t.Context(), s.ro, scanInt, "SELECT count(*) FROM unsent_messages"); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// More different texts than are kept prepared run all the same, in both directions.
func TestManyStatements(t *testing.T) {
	s := newStore(t)
	err := s.Write(t.Context(), func(tx *Tx) error {
		for i := range 2*maxStatements + 1 {
			if err := tx.exec(t.Context(), fmt.Sprintf("INSERT INTO unsent_messages (message_id, at) VALUES ('m%d', '')", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2*maxStatements + 1 {
		n, err := one(t.Context(), s.ro, scanInt, fmt.Sprintf("SELECT count(*) FROM unsent_messages WHERE message_id = 'm%d'", i))
		if err != nil || n != 1 {
			t.Fatalf("row %d: %d, %v", i, n, err)
		}
	}
	if written, read := len(s.session.kept), len(s.ro.kept); written > maxStatements || read > maxStatements {
		t.Errorf("%d and %d statements are kept", written, read)
	}
}

// Closed, the database is one file, which can be moved or copied.
func TestCloseLeavesOneFile(t *testing.T) {
	dir := t.TempDir()
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateTopic(t.Context(), 0, ippo.Topic{Slug: "kosodate", Name: "子育て"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Topics(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, File+"-*")); err != nil || len(left) > 0 {
		t.Errorf("beside the database: %v, %v", left, err)
	}
}
