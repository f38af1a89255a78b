package store

import (
	"context"
	"fmt"

	"ippo"
)

// openWork finds what is under way in each module: what staff read of it, and a query that counts it at ?1.
var openWork = []struct {
	module       ippo.Module
	words, query string
}{
	{ippo.ModuleNews, "これから公開するお知らせ", `SELECT count(*) FROM news WHERE status = 'published' AND publish_at > ?1`},
	{ippo.ModuleEvents, "これからのイベントの申し込み", `SELECT count(*) FROM reservations r JOIN events e ON e.id = r.event_id
		WHERE r.state IN ('reserved', 'waiting', 'offered') AND e.ends_at > ?1`},
	{ippo.ModuleMatching, "進んでいる紹介", `SELECT count(*) FROM matches WHERE ended_at IS NULL AND state <> 'suggested'`},
	{ippo.ModuleConsultations, "終わっていない相談", `SELECT count(*) FROM consultations WHERE state <> 'done'`},
	{ippo.ModuleAmbassadors, "登録している人", `SELECT count(*) FROM ambassadors WHERE status IN ('applied', 'contacted', 'appointed')`},
	{ippo.ModuleCampaigns, "案内を送る予定の作戦", `SELECT count(*) FROM campaigns WHERE active = 1 AND next_due > ?1`},
	{ippo.ModuleCampaigns, "これから送る作戦の配信", `SELECT count(*) FROM broadcasts WHERE origin = 'campaign' AND status IN ('submitted', 'approved', 'held', 'paused')`},
	{ippo.ModuleVisions, "確認を待っているビジョン", `SELECT count(*)` + visionFrom + ` WHERE v.state = 'waiting'`},
}

// OpenWork names what is under way in a module and would stand still while it is off.
func (s *Store) OpenWork(ctx context.Context, m ippo.Module) (open []ippo.OpenWork, err error) {
	count := func(words, query string, args ...any) error {
		n, err := one(ctx, s.ro, scanInt, query, args...)
		if err != nil {
			return fmt.Errorf("open work of %s: %w", m, err)
		}
		if n > 0 {
			open = append(open, ippo.OpenWork{Words: words, Count: n})
		}
		return nil
	}
	for _, w := range openWork {
		if w.module == m {
			if err := count(w.words, w.query, stamp(s.Now())); err != nil {
				return nil, err
			}
		}
	}
	for _, k := range ippo.NoticeKinds() {
		if k.Module() == m {
			if err := count("送る予定の「"+k.Words()+"」", `SELECT count(*) FROM notices WHERE state = 'pending' AND kind = ?`, k); err != nil {
				return nil, err
			}
		}
	}
	return open, nil
}
