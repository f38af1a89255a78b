package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"ippo"
)

// PictureData are the bytes of a picture, all of them JPEG.
type PictureData struct {
	Source []byte // as it was uploaded
	Whole  []byte // cut
	Small  []byte // what stands for it in a chat
}

const pictureColumns = "code, alt, ratio, focus, width, height, sum"

func scanPicture(row scanner) (p ippo.Picture, err error) {
	err = row.Scan(&p.Code, &p.Alt, &p.Ratio, &p.Focus, &p.Width, &p.Height, &p.Sum)
	return p, err
}

// AddPicture keeps a picture and returns it with its code.
func (s *Store) AddPicture(ctx context.Context, by ippo.StaffID, p ippo.Picture, data PictureData) (ippo.Picture, error) {
	sum := sha256.Sum256(data.Whole)
	p.Code, p.Sum = strings.ToLower(rand.Text()), hex.EncodeToString(sum[:])
	err := s.Write(ctx, func(t *Tx) error {
		if err := t.exec(ctx, `
			INSERT INTO pictures (`+pictureColumns+`, source, whole, small, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			p.Code, p.Alt, p.Ratio, p.Focus, p.Width, p.Height, p.Sum, data.Source, data.Whole, data.Small, stamp(t.now)); err != nil {
			return err
		}
		return t.audit(ctx, by, "picture.add", "picture:"+p.Code, p.Alt)
	})
	if err != nil {
		return p, fmt.Errorf("add picture: %w", err)
	}
	return p, nil
}

// Picture returns a picture without its data.
func (s *Store) Picture(ctx context.Context, code string) (ippo.Picture, error) {
	p, err := one(ctx, s.ro, scanPicture, "SELECT "+pictureColumns+" FROM pictures WHERE code = ?", code)
	if err != nil {
		return p, fmt.Errorf("picture: %w", err)
	}
	return p, nil
}

// PictureSource returns what was uploaded, to be cut in another way.
func (s *Store) PictureSource(ctx context.Context, code string) ([]byte, error) {
	return s.pictureBytes(ctx, "source", code)
}

// PictureShown returns the JPEG that phones show: the whole picture, or what stands for it in a chat.
func (s *Store) PictureShown(ctx context.Context, code string, small bool) ([]byte, error) {
	if small {
		return s.pictureBytes(ctx, "small", code)
	}
	return s.pictureBytes(ctx, "whole", code)
}

func (s *Store) pictureBytes(ctx context.Context, column, code string) ([]byte, error) {
	b, err := one(ctx, s.ro, scanBytes, "SELECT "+column+" FROM pictures WHERE code = ?", code)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return b, nil
}

var pictureCodes = regexp.MustCompile(fmt.Sprintf(`[a-z2-7]{%d}`, ippo.PictureCodeLength))

// forgetPictures deletes the pictures that nothing shows and that were there before a moment. What shows them
// is found by their codes, which stand in the texts of whatever has messages.
func (t *Tx) forgetPictures(ctx context.Context, before time.Time) (n int64, err error) {
	old, err := collect(ctx, t.tx, scanText, "SELECT code FROM pictures WHERE created_at < ?", stamp(before))
	if err != nil || len(old) == 0 {
		return 0, err
	}
	shown := map[string]bool{}
	for _, texts := range []string{
		"SELECT messages || renditions FROM broadcasts", "SELECT messages FROM broadcast_variants", "SELECT messages || renditions FROM series", "SELECT messages || renditions FROM broadcast_templates", "SELECT form FROM working_copies",
	} {
		all, err := collect(ctx, t.tx, scanText, texts)
		if err != nil {
			return 0, err
		}
		for _, text := range all {
			for _, code := range pictureCodes.FindAllString(text, -1) {
				shown[code] = true
			}
		}
	}
	for _, code := range old {
		if shown[code] {
			continue
		}
		deleted, err := t.change(ctx, "DELETE FROM pictures WHERE code = ?", code)
		if err != nil {
			return n, err
		}
		n += deleted
	}
	return n, nil
}
