package admin

import (
	"context"
	"encoding/json"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"ippo"
	"ippo/internal/lineview"
)

// preview is a broadcast as on the phone, drawn from what is sent.
type preview struct {
	Of      string // what it is of, where a page has several
	Account string
	Rows    []template.HTML
	Quick   template.HTML // the buttons under the last message
	Broken  bool          // something in it cannot be drawn
	Example bool          // variables are filled with examples
	Missing string        // the variable without which its reader is not sent to; "" if there is none
}

// preview draws messages as a reader with these values sees them; nil: with examples.
func (p *Panel) preview(ctx context.Context, account string, all []ippo.Message, values ippo.Values) preview {
	v := preview{Account: account, Example: values == nil && ippo.Personal(all)}
	if values == nil {
		values = ippo.ExampleValues()
	}
	all, missing := ippo.Fill(all, values)
	v.Missing = missing.Words()
	now, alt := p.Now().In(ippo.Tokyo).Format("15:04"), p.pictureAlt(ctx)
	for i, m := range all {
		html, err := lineview.Render(json.RawMessage(m), lineview.Options{Account: account, Time: now, Follows: i > 0, Inert: true, Alt: alt})
		if err != nil {
			v.Broken = true
			continue
		}
		v.Rows = append(v.Rows, html)
	}
	if last := len(all) - 1; last >= 0 {
		quick, err := lineview.QuickReplies(json.RawMessage(all[last]), lineview.Options{Inert: true})
		v.Quick, v.Broken = quick, v.Broken || err != nil
	}
	return v
}

// look is a broadcast as one reader sees it, and whose eyes there are to choose from.
type look struct {
	Preview  preview
	Language ippo.Language // that it is drawn in
	Own      []option      // the languages it has; empty if it is only in Japanese
	Readers  []option      // some of those whom it would reach, masked; empty if each sees the same
}

// Choice reports whether there are several eyes to choose from.
func (l look) Choice() bool { return len(l.Own)+len(l.Readers) > 0 }

// readerMark begins the choice of a reader, before their number; a language is chosen by its name.
const readerMark = "reader:"

// maxReaders is how many of an audience are there to look through, chosen among the newest.
const (
	maxReaders   = 5
	amongReaders = 100
)

// look draws a broadcast as the reader whom as names sees it. Before it is approved, some of those whom it would
// reach are offered.
func (p *Panel) look(ctx context.Context, account string, b *ippo.Broadcast, as string) (look, error) {
	l := look{Language: ippo.Japanese}
	if chosen := ippo.Language(as); b.Renditions.For(chosen) == chosen {
		l.Language = chosen
	}
	var values ippo.Values
	if b.Status.Editable() || b.Status == "" {
		sample, err := p.sampleReaders(ctx, b)
		if err != nil {
			return l, err
		}
		for _, f := range sample {
			o := option{Value: readerMark + strconv.FormatInt(int64(f.ID), 10), Label: masked(f.DisplayName) + "さん（" + f.Language.Words() + "）"}
			if o.Value == as {
				o.On, l.Language = true, b.Renditions.For(f.Language)
				if values, err = p.Store.ValuesOf(ctx, f.ID); err != nil {
					return l, err
				}
				if name := values[ippo.VariableName]; name != "" {
					values[ippo.VariableName] = masked(name)
				}
			}
			l.Readers = append(l.Readers, o)
		}
	}
	if len(b.Renditions) > 0 {
		for _, has := range append([]ippo.Language{ippo.Japanese}, b.Renditions.Languages()...) {
			l.Own = append(l.Own, option{string(has), has.Words(), has == l.Language && values == nil})
		}
	} else if len(l.Readers) > 0 {
		l.Own = []option{{string(ippo.Japanese), "見本の人", values == nil}}
	}
	l.Preview = p.preview(ctx, account, b.In(l.Language), values)
	return l, nil
}

// sampleReaders are some of those whom a broadcast would reach now, as different as they come, if they are not all
// shown the same.
func (p *Panel) sampleReaders(ctx context.Context, b *ippo.Broadcast) ([]ippo.Follower, error) {
	if b.Corrects != 0 || len(b.Renditions) == 0 && !ippo.Personal(b.All()) {
		return nil, nil
	}
	sample, err := p.Store.AudienceSample(ctx, b.Audience, b.Everyone(), amongReaders)
	if problems, err := mend(err, nil); problems != nil || err != nil {
		return nil, err // problems: an audience that is not chosen yet
	}
	return varied(sample, maxReaders), nil
}

// varied chooses some of those who read, the first of each language before the first of each way in, and then the
// others: a preview is for what goes wrong with somebody.
func varied(readers []ippo.Follower, most int) (chosen []ippo.Follower) {
	languages, ways, named := map[ippo.Language]bool{}, map[string]bool{}, map[bool]bool{}
	for _, wanted := range []func(ippo.Follower) bool{
		func(f ippo.Follower) bool { return !languages[f.Language] },
		func(f ippo.Follower) bool { return !named[f.DisplayName == ""] },
		func(f ippo.Follower) bool { return !ways[f.Entry] },
		func(ippo.Follower) bool { return true },
	} {
		for _, f := range readers {
			if len(chosen) < most && wanted(f) && !slices.ContainsFunc(chosen, func(c ippo.Follower) bool { return c.ID == f.ID }) {
				chosen = append(chosen, f)
				languages[f.Language], ways[f.Entry], named[f.DisplayName == ""] = true, true, true
			}
		}
	}
	return chosen
}

// readersOf says how many are sent each rendition; "" for a broadcast that says the same to everyone, or reaches
// nobody that is known.
func readersOf(b *ippo.Broadcast, readers map[ippo.Language]int) string {
	if len(b.Renditions) == 0 || len(readers) == 0 {
		return ""
	}
	people := map[ippo.Language]int{}
	for l, n := range readers {
		people[b.Renditions.For(l)] += n
	}
	words := []string{}
	for _, l := range append([]ippo.Language{ippo.Japanese}, b.Renditions.Languages()...) {
		words = append(words, l.Words()+" "+ippo.Comma(int64(people[l]))+"人")
	}
	return strings.Join(words, "・")
}
