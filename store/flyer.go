package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"ippo"
)

// flyersOf is the column that holds a campaign's flyers, without their data.
const flyersOf = `(SELECT json_group_array(json_object('id', f.id, 'kind', f.kind, 'alt', f.alt, 'width', f.width, 'height', f.height,
	'size', f.size, 'sum', f.sum)) FROM (SELECT * FROM flyers WHERE campaign_id = c.id ORDER BY id) f)`

// AddFlyer adds a flyer to a campaign. It is part of what is approved: the reminders stop until somebody else
// activates them again. More than ippo.MaxFlyers are ippo.Problems.
func (s *Store) AddFlyer(ctx context.Context, by ippo.StaffID, campaign ippo.CampaignID, f ippo.Flyer, data []byte) error {
	if err := f.Validate(); err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	return s.changeFlyers(ctx, by, campaign, "campaign.flyer", f.Alt, func(t *Tx) error {
		if err := t.roomForFlyer(ctx, campaign); err != nil {
			return err
		}
		return t.exec(ctx, `
			INSERT INTO flyers (campaign_id, kind, alt, width, height, size, sum, data, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			campaign, f.Kind, f.Alt, f.Width, f.Height, len(data), hex.EncodeToString(sum[:]), data, stamp(t.now))
	})
}

func (t *Tx) roomForFlyer(ctx context.Context, campaign ippo.CampaignID) error {
	n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM flyers WHERE campaign_id = ?`, campaign)
	if err != nil {
		return err
	}
	if n >= ippo.MaxFlyers {
		var p ippo.Problems
		p.Addf("flyer", "チラシは%d枚までです。先に要らないものを外してください。", ippo.MaxFlyers)
		return p
	}
	return nil
}

// makeRoomForFlyer stops the reminders of a campaign that a flyer is put back on, as adding one does.
func (t *Tx) makeRoomForFlyer(ctx context.Context, by ippo.StaffID, campaign ippo.CampaignID) error {
	c, err := campaignByID(ctx, t.tx, campaign)
	if notFound(err) {
		return ippo.Problems{{Message: "このチラシは元に戻せません。配っていた声かけが、あとから削除されています。先にそれを元に戻してください。"}}
	}
	if err == nil {
		err = t.roomForFlyer(ctx, campaign)
	}
	if err != nil {
		return err
	}
	return t.voidApproval(ctx, by, c.Recurring().Source)
}

// DeleteFlyer takes a flyer off a campaign, which stops the reminders as adding one does. It can be put back (Undelete).
func (s *Store) DeleteFlyer(ctx context.Context, by ippo.StaffID, campaign ippo.CampaignID, id ippo.FlyerID) error {
	return s.changeFlyers(ctx, by, campaign, "campaign.flyer-delete", "", func(t *Tx) error {
		if err := t.keepDeleted(ctx, by, object("flyer", id), int64(id)); err != nil {
			return err
		}
		return found(t.changeOne(ctx, `DELETE FROM flyers WHERE id = ? AND campaign_id = ?`, id, campaign))
	})
}

func (s *Store) changeFlyers(ctx context.Context, by ippo.StaffID, campaign ippo.CampaignID, action, detail string, change func(*Tx) error) error {
	err := s.Write(ctx, func(t *Tx) error {
		c, err := campaignByID(ctx, t.tx, campaign)
		if err != nil {
			return err
		}
		if err := change(t); err != nil {
			return err
		}
		if err := t.voidApproval(ctx, by, c.Recurring().Source); err != nil {
			return err
		}
		return t.audit(ctx, by, action, object("campaign", campaign), detail)
	})
	if err != nil {
		return fmt.Errorf("flyers of campaign %d: %w", campaign, err)
	}
	return nil
}

// Flyer returns a flyer with its data, and whose it is.
func (s *Store) Flyer(ctx context.Context, id ippo.FlyerID) (f ippo.Flyer, campaign ippo.CampaignID, data []byte, err error) {
	f, err = one(ctx, s.ro, func(row scanner) (f ippo.Flyer, err error) {
		err = row.Scan(&f.ID, &campaign, &f.Kind, &f.Alt, &f.Width, &f.Height, &f.Size, &f.Sum, &data)
		return f, err
	}, `SELECT id, campaign_id, kind, alt, width, height, size, sum, data FROM flyers WHERE id = ?`, id)
	if err != nil {
		err = fmt.Errorf("flyer %d: %w", id, err)
	}
	return f, campaign, data, err
}
