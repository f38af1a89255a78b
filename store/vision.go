package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"ippo"
	"ippo/internal/fold"
)

// Whose visions there are: of ambassadors who have not left, nor asked to be forgotten.
const (
	// CROSS: SQLite would begin with all ambassadors of these states. Those who wait to be forgotten are few, and read
	// once rather than each writer's row among all followers.
	visionTable = `visions v CROSS JOIN ambassadors a ON a.id = v.ambassador_id AND a.status IN ('applied', 'contacted', 'appointed')
		AND (a.follower_id IS NULL OR a.follower_id NOT IN (SELECT id FROM followers WHERE status = 'erased'))`
	visionFrom    = ` FROM ` + visionTable
	visionShows   = visionFrom + ` WHERE v.state = 'shown'`
	visionColumns = `v.ambassador_id, a.person, v.text, v.state, v.version, v.named_at, v.written_at, v.decided_at`
)

func (s *Store) scanVision(row scanner) (v ippo.Vision, err error) {
	var sealed, text []byte
	if err := row.Scan(&v.Ambassador, &sealed, &text, &v.State, &v.Version, at(&v.NamedAt), at(&v.WrittenAt), at(&v.DecidedAt)); err != nil {
		return v, err
	}
	var p person
	if err := s.openJSON("ambassadors.person", sealed, &p); err != nil {
		return v, err
	}
	v.Name = p.Name
	v.Text, err = s.open("visions.text", text)
	return v, err
}

// VisionFilter narrows a list of visions; its zero value is all of them.
type VisionFilter struct {
	State ippo.VisionState
	Query string // what is searched for in what was written, and in its writer's name, kana and number
}

// VisionPage returns a part of the list of those that a filter leaves, by when they were written, and how many these
// are.
func (s *Store) VisionPage(ctx context.Context, filter VisionFilter, p Page) (Part[ippo.Vision], int, error) {
	none := Part[ippo.Vision]{}
	l := listing{columns: visionColumns, table: visionTable, id: "v.ambassador_id", from: visionTable, where: "1 = 1"}
	if filter.State != "" {
		l.narrow("v.state = ?", filter.State)
	}
	if query := fold.QueryOf(filter.Query); !query.Empty() {
		found, err := sift(ctx, s.ro, l, s.visionSieve(query))
		if err != nil {
			return none, 0, fmt.Errorf("search visions: %w", err)
		}
		l.from = "visions v"
		l.found(found)
	}
	total, err := l.count(ctx, s.ro)
	if err != nil {
		return none, 0, fmt.Errorf("count visions: %w", err)
	}
	l.stretches = []stretch{{by: "v.written_at", desc: p.Desc}}
	part, err := collectPage(ctx, s.ro, s.scanVision, l, p)
	if err != nil {
		return none, 0, fmt.Errorf("visions: %w", err)
	}
	return part, total, nil
}

// visionSieve finds the visions that hold a query, which are sealed.
func (s *Store) visionSieve(query fold.Query) sieve[int64] {
	return sieve[int64]{
		table: "ambassadors", from: strings.Replace(visionTable, "visions v", "visions v NOT INDEXED", 1), columns: "v.ambassador_id, a.person, v.text",
		begin: func(context.Context, int64, int64) (sifter[int64], error) {
			looker, people, texts := query.Looker(), s.box.Opener("ambassadors.person"), s.box.Opener("visions.text")
			var id int64
			var sealed, written sql.RawBytes
			return func(row scanner) (int64, bool, error) {
				if err := row.Scan(&id, &sealed, &written); err != nil {
					return 0, false, err
				}
				text, err := texts.Open(written)
				if err != nil {
					return 0, false, err
				}
				found := looker.Look(text) | looker.Look(strconv.AppendInt(nil, id, 10))
				told, err := people.Open(sealed)
				if err != nil {
					return 0, false, err
				}
				var p person
				if err := json.Unmarshal(told, &p); err != nil {
					return 0, false, fmt.Errorf("open ambassador %d: %w", id, err)
				}
				return id, (found | looker.Look([]byte(p.Name)) | looker.Look([]byte(p.Kana))).All(query), nil
			}, nil
		},
	}
}

// Vision returns one vision.
func (s *Store) Vision(ctx context.Context, id ippo.AmbassadorID) (ippo.Vision, error) {
	v, err := one(ctx, s.ro, s.scanVision, `SELECT `+visionColumns+visionFrom+` WHERE v.ambassador_id = ?`, id)
	if err != nil {
		return v, fmt.Errorf("vision of %d: %w", id, err)
	}
	return v, nil
}

// ShownVisions returns at most limit visions that staff have approved, the latest first, and how many there are. All
// that is shown to others comes from here and from ShownTexts.
func (s *Store) ShownVisions(ctx context.Context, limit, offset int) (shown []ippo.ShownVision, total int, err error) {
	total, err = one(ctx, s.ro, scanInt, `SELECT count(*)`+visionShows)
	if err != nil {
		return nil, 0, fmt.Errorf("shown visions: %w", err)
	}
	shown, err = collect(ctx, s.ro, s.scanShown, `
		SELECT v.text, CASE WHEN v.named_at IS NOT NULL AND a.age_band <> 'u16' THEN a.person END`+visionShows+`
		ORDER BY v.decided_at DESC, v.ambassador_id DESC LIMIT ? OFFSET ?`, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("shown visions: %w", err)
	}
	return shown, total, nil
}

func (s *Store) scanShown(row scanner) (v ippo.ShownVision, err error) {
	var text, sealed []byte
	if err := row.Scan(&text, &sealed); err != nil {
		return v, err
	}
	if sealed != nil {
		var p person
		if err := s.openJSON("ambassadors.person", sealed, &p); err != nil {
			return v, err
		}
		v.Name = p.Name
	}
	v.Text, err = s.open("visions.text", text)
	return v, err
}

// ShownTexts returns the words of every vision that staff have approved, in no order that means anything.
func (s *Store) ShownTexts(ctx context.Context) ([]string, error) {
	all, err := collect(ctx, s.ro, func(row scanner) (string, error) {
		var text []byte
		if err := row.Scan(&text); err != nil {
			return "", err
		}
		return s.open("visions.text", text)
	}, `SELECT v.text`+visionShows+` ORDER BY v.ambassador_id`)
	if err != nil {
		return nil, fmt.Errorf("shown visions' texts: %w", err)
	}
	return all, nil
}

// VisionChanges returns a number that grows whenever ShownTexts or StopWords may return something else.
func (s *Store) VisionChanges(ctx context.Context) (int, error) {
	n, err := one(ctx, s.ro, scanInt, `SELECT changes FROM vision_changes`)
	if err != nil {
		return 0, fmt.Errorf("vision changes: %w", err)
	}
	return n, nil
}

// countedVisions is how many visions waited, as of a number of changes to them.
type countedVisions struct {
	mu               sync.Mutex
	counted          bool
	changes, waiting int
}

// waitingVisions counts the visions that wait for staff. They are counted anew only after changes, which is what
// VisionChanges returned, has grown: each is joined with whose it is.
func (s *Store) waitingVisions(ctx context.Context, changes int) (int, error) {
	s.visions.mu.Lock()
	defer s.visions.mu.Unlock()
	if s.visions.counted && s.visions.changes == changes {
		return s.visions.waiting, nil
	}
	n, err := one(ctx, s.ro, scanInt, `SELECT count(*)`+visionFrom+` WHERE v.state = 'waiting'`)
	if err != nil {
		return 0, fmt.Errorf("waiting visions: %w", err)
	}
	s.visions.counted, s.visions.changes, s.visions.waiting = true, changes, n
	return n, nil
}

// WriteVision replaces a follower's vision; named says whether their name may be shown with it. ErrConflict: they are
// no ambassador.
func (t *Tx) WriteVision(ctx context.Context, follower ippo.FollowerID, text string, named bool) error {
	if err := (ippo.Vision{Text: text}).Validate(); err != nil {
		return err
	}
	a, err := t.servingAmbassador(ctx, follower)
	if err != nil {
		return fmt.Errorf("write vision: %w", err)
	}
	if err := t.keepVision(ctx, a.ID, text, named, false); err != nil {
		return err
	}
	return t.audit(ctx, 0, "vision.own", object("vision", a.ID), "")
}

// WithdrawVision takes a follower's vision back. Who has none keeps none.
func (t *Tx) WithdrawVision(ctx context.Context, follower ippo.FollowerID) error {
	a, err := t.servingAmbassador(ctx, follower)
	if errors.Is(err, ippo.ErrConflict) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("withdraw vision: %w", err)
	}
	if err := t.keepVision(ctx, a.ID, "", false, false); err != nil {
		return err
	}
	return t.audit(ctx, 0, "vision.own", object("vision", a.ID), "")
}

// servingAmbassador is ErrConflict for who is none, or waits to be forgotten.
func (t *Tx) servingAmbassador(ctx context.Context, follower ippo.FollowerID) (ippo.Ambassador, error) {
	a, err := one(ctx, t.tx, t.store.scanAmbassador, `SELECT `+ambassadorColumns+` FROM ambassadors WHERE follower_id = ?
		AND status IN ('applied', 'contacted', 'appointed') AND follower_id IN (SELECT id FROM followers WHERE status <> 'erased')`, follower)
	if notFound(err) {
		err = ippo.ErrConflict
	}
	return a, err
}

// keepVision keeps what an ambassador wrote; "" takes it back. Staff have approved words, and the name beside them if
// there is one: whatever is another than before, or comes to it, waits for them again. What is taken away does not.
func (t *Tx) keepVision(ctx context.Context, id ippo.AmbassadorID, text string, named, renamed bool) error {
	text = strings.TrimSpace(text)
	before, err := t.visionIn(ctx, id)
	none := notFound(err)
	if err != nil && !none {
		return err
	}
	switch wasNamed := !before.NamedAt.IsZero(); {
	case text == "" && none:
		return nil
	case text == "":
		err = t.exec(ctx, `DELETE FROM visions WHERE ambassador_id = ?`, id)
	case none:
		err = t.exec(ctx, `INSERT INTO visions (ambassador_id, text, state, version, named_at, written_at) VALUES (?, ?, 'waiting', `+nextVersion+`, ?, ?)`,
			id, t.store.seal("visions.text", text), stampIf(named, t), stamp(t.now))
	case text != before.Text || named && (!wasNamed || renamed):
		err = t.exec(ctx, `
			UPDATE visions SET text = ?, state = 'waiting', version = `+nextVersion+`, written_at = ?, decided_at = NULL,
				named_at = CASE WHEN ? THEN coalesce(named_at, ?) END
			WHERE ambassador_id = ?`, t.store.seal("visions.text", text), stamp(t.now), named, stamp(t.now), id)
	case wasNamed && !named:
		err = t.exec(ctx, `UPDATE visions SET named_at = NULL, version = `+nextVersion+` WHERE ambassador_id = ?`, id)
	default:
		return nil
	}
	if err != nil {
		return fmt.Errorf("keep vision of %d: %w", id, err)
	}
	return nil
}

// doubtVision is for a vision that somebody else may have written, or put the name to: it waits for staff, without the
// name.
func (t *Tx) doubtVision(ctx context.Context, id ippo.AmbassadorID) error {
	return t.exec(ctx, `
		UPDATE visions SET state = 'waiting', named_at = NULL, decided_at = NULL, version = `+nextVersion+` WHERE ambassador_id = ?`, id)
}

// nextVersion is one that no vision has had, nor the one that this replaces and that somebody may still be reading.
const nextVersion = `(SELECT changes + 1 FROM vision_changes)`

func stampIf(yes bool, t *Tx) any {
	if !yes {
		return nil
	}
	return stamp(t.now)
}

func (t *Tx) visionIn(ctx context.Context, id ippo.AmbassadorID) (ippo.Vision, error) {
	return one(ctx, t.tx, t.store.scanVision, `
		SELECT `+visionColumns+` FROM visions v JOIN ambassadors a ON a.id = v.ambassador_id WHERE v.ambassador_id = ?`, id)
}

// DecideVision says whether a vision is shown, or, with VisionWaiting, takes back what was said. ErrConflict: its writer
// has changed it since version was read, or it is in that state already.
func (s *Store) DecideVision(ctx context.Context, by ippo.StaffID, id ippo.AmbassadorID, version int, next ippo.VisionState) error {
	err := s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `
			UPDATE visions SET state = ?1, decided_at = CASE ?1 WHEN 'waiting' THEN NULL ELSE ?2 END
			WHERE ambassador_id = ?3 AND version = ?4 AND state <> ?1`, next, stamp(t.now), id, version)
		if err != nil {
			return err
		}
		return t.audit(ctx, by, "vision."+string(next), object("vision", id), "")
	})
	if err != nil {
		return fmt.Errorf("decide on vision of %d: %w", id, err)
	}
	return nil
}

// moveVisions takes visions out of where they were kept before they had a table.
func (s *Store) moveVisions(ctx context.Context) error {
	old, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM visions WHERE text IS NULL`)
	if err != nil || old == 0 {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		type row struct {
			id     int64
			sealed []byte
		}
		rows, err := collect(ctx, t.tx, func(r scanner) (one row, err error) {
			return one, r.Scan(&one.id, &one.sealed)
		}, `SELECT a.id, a.person FROM ambassadors a JOIN visions v ON v.ambassador_id = a.id WHERE v.text IS NULL`)
		if err != nil {
			return err
		}
		for _, r := range rows {
			var p struct {
				person
				Vision string `json:"vision"`
			}
			if err := s.openJSON("ambassadors.person", r.sealed, &p); err != nil {
				return err
			}
			if strings.TrimSpace(p.Vision) == "" {
				if err := t.exec(ctx, `DELETE FROM visions WHERE ambassador_id = ?`, r.id); err != nil {
					return err
				}
				continue
			}
			sealed, err := s.sealJSON("ambassadors.person", p.person)
			if err != nil {
				return err
			}
			if err := errors.Join(
				t.exec(ctx, `UPDATE ambassadors SET person = ? WHERE id = ?`, sealed, r.id),
				t.exec(ctx, `UPDATE visions SET text = ? WHERE ambassador_id = ?`, s.seal("visions.text", p.Vision), r.id)); err != nil {
				return err
			}
		}
		return nil
	})
}

// StopWords returns the words that are left out of the picture of all visions.
func (s *Store) StopWords(ctx context.Context) ([]string, error) {
	words, err := collect(ctx, s.ro, scanText, `SELECT word FROM stop_words ORDER BY word`)
	if err != nil {
		return nil, fmt.Errorf("stop words: %w", err)
	}
	return words, nil
}

// maxStopWords bounds how many there may be.
const maxStopWords = 1000

// AddStopWord leaves a word out of the picture. One that is left out already stays so.
func (s *Store) AddStopWord(ctx context.Context, by ippo.StaffID, word string) error {
	word = strings.TrimSpace(fold.Width(word))
	if n := utf8.RuneCountInString(word); n == 0 || n > ippo.MaxStopWord {
		return ippo.Problems{{Field: "word", Message: fmt.Sprintf("ことばは1文字以上%d文字以内で入力してください。", ippo.MaxStopWord)}}
	}
	err := s.Write(ctx, func(t *Tx) error {
		n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM stop_words`)
		if err != nil {
			return err
		}
		if n >= maxStopWords {
			return ippo.Problems{{Field: "word", Message: fmt.Sprintf("数えないことばは%d件までです。", maxStopWords)}}
		}
		if err := t.exec(ctx, `INSERT INTO stop_words (word) VALUES (?) ON CONFLICT DO NOTHING`, word); err != nil {
			return err
		}
		return t.audit(ctx, by, "stopword.create", "stopwords", word)
	})
	if err != nil {
		return fmt.Errorf("add stop word: %w", err)
	}
	return nil
}

// RemoveStopWord lets a word count again. ErrConflict: it did already.
func (s *Store) RemoveStopWord(ctx context.Context, by ippo.StaffID, word string) error {
	err := s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `DELETE FROM stop_words WHERE word = ?`, word); err != nil {
			return err
		}
		return t.audit(ctx, by, "stopword.delete", "stopwords", word)
	})
	if err != nil {
		return fmt.Errorf("remove stop word: %w", err)
	}
	return nil
}
