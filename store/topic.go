package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"ippo"
)

// Topics returns every topic in the order that staff arranged, the hidden ones too.
func (s *Store) Topics(ctx context.Context) ([]ippo.Topic, error) {
	all, err := s.topics.get(func() ([]ippo.Topic, error) { return topics.all(ctx, s.ro) })
	return slices.Clone(all), err
}

// CreateTopic makes a topic, in the last place unless it names one, and returns it with its number.
func (s *Store) CreateTopic(ctx context.Context, by ippo.StaffID, topic ippo.Topic) (ippo.Topic, error) {
	defer s.topics.forget()
	return topics.create(ctx, s, by, topic)
}

// UpdateTopic changes everything of a topic but its slug and number.
func (s *Store) UpdateTopic(ctx context.Context, by ippo.StaffID, slug string, topic ippo.Topic) error {
	defer s.topics.forget()
	return topics.update(ctx, s, by, slug, topic)
}

// DeleteTopic removes a topic made by mistake, also from followers' choices. A topic in use is
// refused with Problems: it can be hidden.
func (s *Store) DeleteTopic(ctx context.Context, by ippo.StaffID, slug string) error {
	defer s.topics.forget()
	return topics.delete(ctx, s, by, slug)
}

// topics and areas are kept alike, in tables and columns of their names.
var (
	topics = choices[ippo.Topic]{"topics", "topic", "分野"}
	areas  = choices[ippo.Area]{"areas", "area", "地域"}
)

// choices keeps what followers choose from and items are about, as bits of an ippo.Choice.
type choices[T choosable] struct {
	table string // also the column of the choice in followers, activity_groups, news and events
	name  string // in the audit log
	word  string // in messages to staff
}

// choosable are the two types, whose fields are the same.
type choosable interface{ ippo.Topic | ippo.Area }

const choiceColumns = `number, slug, name, names, place, hidden`

func scanChoice[T choosable](row scanner) (T, error) {
	var c ippo.Topic
	var names []byte
	if err := row.Scan(&c.Number, &c.Slug, &c.Name, &names, &c.Order, &c.Hidden); err != nil {
		return T(c), err
	}
	if err := json.Unmarshal(names, &c.Names); err != nil {
		return T(c), fmt.Errorf("names of %s: %w", c.Slug, err)
	}
	return T(c), nil
}

// encodeNames returns names as they are kept: those that say nothing are left out.
func encodeNames(names ippo.Names) (string, error) {
	kept := maps.Clone(names)
	maps.DeleteFunc(kept, func(_ ippo.Language, name string) bool { return name == "" })
	if kept == nil {
		kept = ippo.Names{}
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return "", fmt.Errorf("encode names: %w", err)
	}
	return string(text), nil
}

func (k choices[T]) all(ctx context.Context, q queryer) ([]T, error) {
	all, err := collect(ctx, q, scanChoice[T], `SELECT `+choiceColumns+` FROM `+k.table+` ORDER BY place, number`)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.table, err)
	}
	return all, nil
}

func (k choices[T]) create(ctx context.Context, s *Store, by ippo.StaffID, made T) (T, error) {
	c := ippo.Topic(made)
	if err := c.Validate(); err != nil {
		return T(c), err
	}
	names, err := encodeNames(c.Names)
	if err != nil {
		return T(c), err
	}
	err = s.Write(ctx, func(t *Tx) error {
		all, err := k.all(ctx, t.tx)
		if err != nil {
			return err
		}
		var ok bool
		if c.Number, ok = freeNumber(all); !ok {
			return ippo.Problems{{Message: fmt.Sprintf("%sは%d件までです。", k.word, ippo.MaxChoices)}}
		}
		if c.Order == 0 && len(all) > 0 {
			c.Order = ippo.Topic(all[len(all)-1]).Order + 1
		}
		err = t.exec(ctx, `INSERT INTO `+k.table+` (`+choiceColumns+`) VALUES (?, ?, ?, ?, ?, ?)`,
			c.Number, c.Slug, c.Name, names, c.Order, c.Hidden)
		if err != nil {
			return fmt.Errorf("create %s: %w", k.name, slugTaken(err))
		}
		return t.audit(ctx, by, k.name+".create", k.name+":"+c.Slug, "")
	})
	return T(c), err
}

// freeNumber returns the smallest number that none has. A number may be given again: when its
// topic was deleted, it was taken out of everybody's choice.
func freeNumber[T choosable](all []T) (number int, ok bool) {
	var taken ippo.Choice
	for _, c := range all {
		taken = taken.With(ippo.Topic(c).Number)
	}
	for n := range ippo.MaxChoices {
		if !taken.Has(n) {
			return n, true
		}
	}
	return 0, false
}

func (k choices[T]) update(ctx context.Context, s *Store, by ippo.StaffID, slug string, changed T) error {
	c := ippo.Topic(changed)
	if err := sameSlug(slug, c.Slug); err != nil {
		return err
	}
	if err := c.Validate(); err != nil {
		return err
	}
	names, err := encodeNames(c.Names)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, k.table, "slug", slug)
		if err != nil {
			return fmt.Errorf("update %s %s: %w", k.name, slug, err)
		}
		err = t.changeOne(ctx, `
			UPDATE `+k.table+` SET name = ?, names = ?, place = ?, hidden = ? WHERE slug = ?`,
			c.Name, names, c.Order, c.Hidden, slug)
		if err != nil {
			return fmt.Errorf("update %s %s: %w", k.name, slug, found(err))
		}
		return t.auditChange(ctx, by, k.name+".update", k.name+":"+slug, "", was)
	})
}

func (k choices[T]) delete(ctx context.Context, s *Store, by ippo.StaffID, slug string) error {
	err := s.Write(ctx, func(t *Tx) error {
		number, err := one(ctx, t.tx, scanInt, `SELECT number FROM `+k.table+` WHERE slug = ?`, slug)
		if err != nil {
			return err
		}
		if err := k.refuseInUse(ctx, t, number, slug); err != nil {
			return err
		}
		bit := ippo.ChoiceOf(number)
		err = t.exec(ctx, `UPDATE followers SET `+k.table+` = `+k.table+` & ~? WHERE `+k.table+` & ? <> 0`, bit, bit)
		if err != nil {
			return err
		}
		if err := t.exec(ctx, `DELETE FROM `+k.table+` WHERE number = ?`, number); err != nil {
			return err
		}
		return t.audit(ctx, by, k.name+".delete", k.name+":"+slug, "")
	})
	if err != nil {
		return fmt.Errorf("delete %s %s: %w", k.name, slug, err)
	}
	return nil
}

// maxForget is how many followers' choices one deletion may change, since webhooks wait meanwhile.
const maxForget = 1000

// refuseInUse returns Problems while something is about the topic or area. A follower who chose
// nothing else counts too: without it they would have skipped the question, which means all of it.
func (k choices[T]) refuseInUse(ctx context.Context, t *Tx, number int, slug string) error {
	bit := ippo.ChoiceOf(number)
	for _, user := range []struct {
		query, what string
		most        int
	}{
		{`SELECT count(*) FROM activity_groups WHERE ` + k.table + ` & ? <> 0`, "使っている団体", 0},
		{`SELECT count(*) FROM news WHERE ` + k.table + ` & ? <> 0`, "使っているお知らせ", 0},
		{`SELECT count(*) FROM events WHERE ` + k.table + ` & ? <> 0`, "使っているイベント", 0},
		{`SELECT count(*) FROM teams WHERE ` + k.table + ` & ? <> 0`, "受け持つチーム", 0},
		{`SELECT count(*) FROM followers WHERE ` + k.table + ` = ?`, "ほかに何も選んでいない友だち", 0},
		{`SELECT count(*) FROM followers WHERE ` + k.table + ` & ? <> 0`, "選んでいる友だち", maxForget},
	} {
		n, err := one(ctx, t.tx, scanInt, user.query, bit)
		if err != nil {
			return err
		}
		if n > user.most {
			return k.keep(user.what, n)
		}
	}
	n, err := t.audiencesNaming(ctx, k.table, slug)
	if err != nil {
		return err
	}
	if n > 0 {
		return k.keep("宛先にしている作戦やくり返し配信、送る前の配信", n)
	}
	return nil
}

func (k choices[T]) keep(what string, n int) error {
	return inUse(fmt.Sprintf("この%sを%sが%d件あるため、削除できません。「選べなくする」にすると、新しくは選ばれなくなります。", k.word, what, n))
}

// audiencesNaming counts the campaigns, the series, and the broadcasts whose recipients are not fixed yet, whose
// audience names a slug under a key: topics, areas or tags.
func (t *Tx) audiencesNaming(ctx context.Context, key, slug string) (int, error) {
	// A slug holds nothing that JSON escapes or LIKE reads as a pattern.
	rules, err := collect(ctx, t.tx, scanText, `
		SELECT audience FROM campaigns WHERE audience LIKE ?1
		UNION ALL
		SELECT audience FROM series WHERE audience LIKE ?1
		UNION ALL
		SELECT audience FROM broadcasts WHERE status IN ('draft', 'submitted') AND audience LIKE ?1`,
		`%"`+slug+`"%`)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, rule := range rules {
		a, err := ippo.ParseAudience([]byte(rule))
		if err != nil {
			return 0, fmt.Errorf("stored audience: %w", err)
		}
		named := map[string][]string{"topics": a.Topics, "areas": a.Areas, "tags": a.Tags}[key]
		if slices.Contains(named, slug) {
			n++
		}
	}
	return n, nil
}
