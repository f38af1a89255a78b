package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"ippo"
	"ippo/internal/fold"
)

// namePack is how many followers' names are sealed as one, those of IDs that follow one another; the triggers of
// name_packs know it, too.
const namePack = 512

const namePackColumn = "name_packs.names"

// followersNamed returns the IDs of those whose names hold a query. Names are opened by the pack; those whose pack is
// gone, since one of them has changed, one by one.
func (s *Store) followersNamed(ctx context.Context, query fold.Query) ([]ippo.FollowerID, error) {
	var found []ippo.FollowerID
	packed, packs := map[int64]bool{}, s.box.Opener(namePackColumn)
	_, err := collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
		var pack int64
		var sealed sql.RawBytes
		if err := row.Scan(&pack, &sealed); err != nil {
			return none, err
		}
		packed[pack] = true
		names, err := packs.Open(sealed)
		for n := range query.Lines(names) {
			found = append(found, ippo.FollowerID(pack*namePack+int64(n)))
		}
		return none, err
	}, `SELECT id, names FROM name_packs`)
	if err != nil {
		return nil, err
	}
	// Those that were not seen, and not those that are not there now: PackNames works beside this.
	all, err := namePacks(ctx, s.ro)
	if err != nil {
		return nil, err
	}
	var loose []int64
	for pack := range all {
		if !packed[pack] {
			loose = append(loose, pack)
		}
	}
	looker := query.Looker()
	err = s.eachName(ctx, s.ro, loose, func(id int64, name []byte) {
		if looker.Look(name).All(query) {
			found = append(found, ippo.FollowerID(id))
		}
	})
	return found, err
}

// namePacks returns how many packs all names fill.
func namePacks(ctx context.Context, q queryer) (int64, error) {
	last, err := one(ctx, q, scanInt, `SELECT coalesce(max(id), 0) FROM followers`)
	return int64(last)/namePack + 1, err
}

// eachName opens the names of the followers of some packs.
func (s *Store) eachName(ctx context.Context, q queryer, packs []int64, do func(id int64, name []byte)) error {
	names := s.box.Opener("followers.display_name")
	_, err := collect(ctx, q, func(row scanner) (none struct{}, err error) {
		var id int64
		var sealed sql.RawBytes
		if err := row.Scan(&id, &sealed); err != nil {
			return none, err
		}
		name, err := names.Open(sealed)
		if err == nil {
			do(id, name)
		}
		return none, err
	}, fmt.Sprintf(`SELECT f.id, f.display_name FROM json_each(?) p
		CROSS JOIN followers f NOT INDEXED ON f.id >= p.value * %[1]d AND f.id < (p.value + 1) * %[1]d
		WHERE f.display_name IS NOT NULL`, namePack), idList(packs))
	return err
}

// PackNames makes the packs that are not there, one at a time, so that what is urgent is stored between them.
func (s *Store) PackNames(ctx context.Context) error {
	all, err := namePacks(ctx, s.ro)
	if err != nil {
		return fmt.Errorf("pack names: %w", err)
	}
	missing, err := collect(ctx, s.ro, func(row scanner) (pack int64, err error) {
		return pack, row.Scan(&pack)
	}, `WITH RECURSIVE n (id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM n WHERE id + 1 < ?)
		SELECT id FROM n WHERE id NOT IN (SELECT id FROM name_packs)`, all)
	for _, pack := range missing {
		if err == nil {
			err = s.Write(ctx, func(t *Tx) error { return t.packNames(ctx, pack) })
		}
	}
	if err != nil {
		return fmt.Errorf("pack names: %w", err)
	}
	return nil
}

func (t *Tx) packNames(ctx context.Context, pack int64) error {
	var lines [namePack]string
	err := t.store.eachName(ctx, t.tx, []int64{pack}, func(id int64, name []byte) {
		lines[id%namePack] = fold.Text(string(name))
	})
	if err != nil {
		return err
	}
	return t.exec(ctx, `INSERT OR REPLACE INTO name_packs (id, names) VALUES (?, ?)`,
		pack, t.store.box.Seal([]byte(strings.Join(lines[:], "\n")), namePackColumn))
}
