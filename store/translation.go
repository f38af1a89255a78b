package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"ippo"
)

// translationsOf is the column that holds the translations of a thing, whose ID is in the column id.
func translationsOf(kind ippo.ContentKind, id string) string {
	return `(SELECT json_group_object(x.language, json_object('texts', json(x.texts), 'of', x.made_of, 'at', x.updated_at))
		FROM translations x WHERE x.kind = '` + string(kind) + `' AND x.thing_id = ` + id + `)`
}

// translated scans what translationsOf reads; a thing without translations has nil.
func translated(ts *ippo.Translations) sql.Scanner { return (*storedTranslations)(ts) }

type storedTranslations ippo.Translations

func (s *storedTranslations) Scan(v any) error {
	var text sql.NullString
	if err := text.Scan(v); err != nil {
		return err
	}
	*s = nil
	if text.String == "" || text.String == "{}" { // most things, in a list of thousands
		return nil
	}
	var rows map[ippo.Language]struct {
		Texts map[string]string `json:"texts"`
		Of    string            `json:"of"`
		At    time.Time         `json:"at"`
	}
	if err := json.Unmarshal([]byte(text.String), &rows); err != nil {
		return fmt.Errorf("stored translations: %w", err)
	}
	*s = make(storedTranslations, len(rows))
	for l, row := range rows {
		(*s)[l] = ippo.Translation{Texts: row.Texts, Of: row.Of, At: row.At}
	}
	return nil
}

// saveTranslations keeps the translations that were given for a thing whose Japanese texts are as they stand
// in texts, and returns all that it has now. Nil leaves them as they are.
func (t *Tx) saveTranslations(ctx context.Context, kind ippo.ContentKind, id int64, given ippo.Translations, texts []ippo.ContentText) (ippo.Translations, error) {
	was, err := one(ctx, t.tx, func(row scanner) (ts ippo.Translations, err error) {
		err = row.Scan(translated(&ts))
		return ts, err
	}, `SELECT `+translationsOf(kind, "?"), id)
	if err != nil {
		return nil, err
	}
	kept := given.Kept(was, texts, t.now)
	for l := range was {
		if _, ok := kept[l]; !ok {
			if err := t.exec(ctx, `DELETE FROM translations WHERE kind = ? AND thing_id = ? AND language = ?`, kind, id, l); err != nil {
				return nil, err
			}
		}
	}
	for _, l := range slices.Sorted(maps.Keys(kept)) {
		of, err := json.Marshal(kept[l].Texts)
		if err != nil {
			return nil, fmt.Errorf("encode translation: %w", err)
		}
		err = t.exec(ctx, `
			INSERT INTO translations (kind, thing_id, language, texts, made_of, updated_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET texts = excluded.texts, made_of = excluded.made_of, updated_at = excluded.updated_at`,
			kind, id, l, string(of), kept[l].Of, stamp(kept[l].At))
		if err != nil {
			return nil, err
		}
	}
	return kept, nil
}

func (t *Tx) deleteTranslations(ctx context.Context, kind ippo.ContentKind, id int64) error {
	return t.exec(ctx, `DELETE FROM translations WHERE kind = ? AND thing_id = ?`, kind, id)
}
