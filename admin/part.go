package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
)

// part is one message of a broadcast while it is being written. Nobody writes JSON: a part is a text, a picture
// or cards that are filled in here, names an item whose card is drawn when it is saved, or stands for a message
// that was saved before.
type part struct {
	Kind    partKind
	Text    string
	Ref     string // the item's ID, or what stands for the kept message (ippo.Message.Fingerprint)
	Label   string
	Picture pictureForm
	Cards   []cardForm

	Field   string // what the names of its fields begin with
	Place   string // what its buttons name
	Problem string
}

// begun reports whether anything has been filled in, or chosen.
func (one part) begun() bool {
	switch one.Kind {
	case partText:
		return one.Text != ""
	case partPicture:
		return one.Picture.begun()
	case partCards:
		return slices.ContainsFunc(one.Cards, func(card cardForm) bool {
			return card.Title != "" || card.Text != "" || len(card.Buttons) > 0 || card.Picture.begun()
		})
	}
	return true
}

// partKind is what a part is. In forms: add, never rename.
type partKind string

const (
	partText     partKind = "text"
	partPicture  partKind = "picture"
	partCards    partKind = "cards"
	partNews     partKind = "news"
	partEvent    partKind = "event"
	partGroup    partKind = "group"
	partCampaign partKind = "campaign"
	partKept     partKind = "kept"
)

// itemKinds are the parts that are made from an item.
var itemKinds = []partKind{partNews, partEvent, partGroup, partCampaign}

// Words says what kind of part it is.
func (k partKind) Words() string {
	switch k {
	case partText:
		return "文章"
	case partPicture:
		return "画像"
	case partNews:
		return "お知らせのカード"
	case partEvent:
		return "イベントのカード"
	case partGroup:
		return "団体のカード"
	case partCampaign:
		return "声かけのカード"
	}
	return "カード"
}

// Icon is the kind's.
func (k partKind) Icon() string {
	switch k {
	case partText:
		return "text"
	case partPicture:
		return "picture"
	}
	return "news"
}

// cardForm is a card that is filled in here, while it is being written.
type cardForm struct {
	Title, Text string
	Picture     pictureForm
	Buttons     []ippo.CardButton

	Field, Place string
}

// Rows are the buttons with room for another.
func (f cardForm) Rows() []buttonForm {
	rows := make([]buttonForm, min(len(f.Buttons)+1, ippo.MaxCardButtons))
	for i := range rows {
		if i < len(f.Buttons) {
			rows[i].CardButton = f.Buttons[i]
		}
		rows[i].Field = fmt.Sprintf("%s.%d", f.Field, i)
		rows[i].Deeds = statuses(ippo.ButtonDeeds, rows[i].Does)
	}
	return rows
}

// buttonForm is a button of a card.
type buttonForm struct {
	ippo.CardButton
	Field string
	Deeds []option
}

// rendition is what is written in one language.
type rendition struct {
	Language ippo.Language
	Parts    []part
	Compared string // the Japanese that its writer has compared it with and found it right (ippo.Said.Original); "" for none
	Older    bool   // it was written before the Japanese was changed
}

// comparedNow is what is compared with the Japanese as it is in the same form.
const comparedNow = "now"

// prefix begins the names of its fields: those of the Japanese have none.
func (v rendition) prefix() string {
	if v.Language == ippo.Japanese {
		return ""
	}
	return string(v.Language) + "."
}

// Anchor is where it stands on the page.
func (v rendition) Anchor() string {
	if v.Language == ippo.Japanese {
		return "parts"
	}
	return "parts-" + string(v.Language)
}

// field is what problems with it are named after, as the store does.
func (v rendition) field() string {
	if v.Language == ippo.Japanese {
		return "messages"
	}
	return "languages." + string(v.Language)
}

// number gives parts, and what is in them, the names of their fields.
func (v rendition) number() {
	for i := range v.Parts {
		one := &v.Parts[i]
		one.Field = v.prefix() + strconv.Itoa(i)
		one.Place = string(v.Language) + "/" + strconv.Itoa(i)
		one.Picture.Field = one.Field
		for j := range one.Cards {
			card := &one.Cards[j]
			card.Field, card.Place = fmt.Sprintf("%s.%d", one.Field, j), fmt.Sprintf("%s/%d", one.Place, j)
			card.Picture.Field = card.Field
		}
	}
}

// formRenditions reads all that is written: the Japanese, and the other languages in their order.
func formRenditions(c *gin.Context) []rendition {
	languages := []ippo.Language{ippo.Japanese}
	for _, l := range c.PostFormArray("language") {
		if l := ippo.Language(l); ippo.IsLanguage(l) && !slices.Contains(languages, l) && len(languages) <= maxRenditions {
			languages = append(languages, l)
		}
	}
	renditions := make([]rendition, len(languages))
	for i, l := range languages {
		renditions[i].Language = l
		renditions[i].Parts = formParts(c, renditions[i].prefix())
		renditions[i].Compared = c.PostForm(renditions[i].prefix() + "compared")
	}
	return renditions
}

// maxRenditions bounds how many languages besides Japanese are read from a form.
const maxRenditions = 20

// formParts reads the parts of one language from three columns of equal length. What more a part has stands in
// fields that begin with its place.
func formParts(c *gin.Context, prefix string) []part {
	kinds, texts, refs := c.PostFormArray(prefix+"kind"), c.PostFormArray(prefix+"text"), c.PostFormArray(prefix+"ref")
	if len(kinds) != len(texts) || len(kinds) != len(refs) || len(kinds) > 2*ippo.MaxMessages {
		return nil
	}
	parts := make([]part, len(kinds))
	for i := range kinds {
		parts[i] = part{Kind: partKind(kinds[i]), Text: strings.TrimSpace(strings.ReplaceAll(texts[i], "\r\n", "\n")), Ref: refs[i]}
		switch field := prefix + strconv.Itoa(i); parts[i].Kind {
		case partPicture:
			parts[i].Picture = formPicture(c, field)
		case partCards:
			parts[i].Cards = formCards(c, field)
		}
	}
	return parts
}

func formCards(c *gin.Context, field string) []cardForm {
	n, _ := strconv.Atoi(c.PostForm(field + ".cards"))
	cards := make([]cardForm, max(0, min(n, ippo.MaxCards)))
	for i := range cards {
		at := fmt.Sprintf("%s.%d", field, i)
		cards[i] = cardForm{Title: formText(c, at+".title"), Text: formText(c, at+".text"), Picture: formPicture(c, at)}
		for j := range ippo.MaxCardButtons {
			at := fmt.Sprintf("%s.%d", at, j)
			b := ippo.CardButton{Label: formText(c, at+".label"), Does: ippo.ButtonDoes(c.PostForm(at + ".does")), Value: formText(c, at+".value")}
			if b.Label != "" || b.Value != "" { // one that nobody has filled in is none
				cards[i].Buttons = append(cards[i].Buttons, b)
			}
		}
	}
	return cards
}

// rearrange does what one of the buttons inside the form asks for; false: it is not one of them. A button says
// what it does and where: remove:en/0.
func (w *composing) rearrange(c *gin.Context) bool {
	do, where, _ := strings.Cut(c.PostForm("do"), ":")
	if do == "save" || do == "template" {
		return false
	}
	switch do {
	case "at":
		if at, err := time.ParseInLocation(inputTime, where, ippo.Tokyo); err == nil {
			w.broadcast.SendAt = at
		}
		return true
	case "replace":
		if typed, right, found := strings.Cut(where, replacedBy); found {
			w.replace(typed, right)
		}
		return true
	case "add-language":
		w.addRendition(ippo.Language(cmp.Or(where, c.PostForm("add-language"))))
		return true
	case "put-back":
		w.putBack(c.PostForm("out"))
		return true
	}
	at, indexes := w.find(where)
	if at < 0 {
		return true
	}
	if do == "remove-language" && at > 0 || do == "remove" && len(indexes) > 0 {
		w.out = w.copyOf(where)
	}
	switch {
	case do == "remove-language" && at > 0:
		w.renditions = slices.Delete(w.renditions, at, at+1)
		return true
	case do == "compared":
		w.renditions[at].Compared = comparedNow
		return true
	}
	if add, found := strings.CutPrefix(do, "add-"); found && len(indexes) == 0 {
		w.renditions[at].add(add, c.PostForm(w.renditions[at].prefix()+"card"))
		return true
	}
	parts := w.renditions[at].Parts
	switch {
	case len(indexes) == 1:
		w.renditions[at].Parts = moved(parts, do, indexes[0])
		if do == "add-one" && indexes[0] < len(parts) && len(parts[indexes[0]].Cards) < ippo.MaxCards {
			parts[indexes[0]].Cards = append(parts[indexes[0]].Cards, cardForm{})
		}
	case len(indexes) == 2 && indexes[0] < len(parts):
		one := &parts[indexes[0]]
		if do == "remove-picture" && indexes[1] < len(one.Cards) {
			one.Cards[indexes[1]].Picture = pictureForm{}
		}
		one.Cards = moved(one.Cards, do, indexes[1])
	}
	return true
}

// replace puts something else in place of what was typed, in every text of every language.
func (w *composing) replace(typed, right string) {
	for _, v := range w.renditions {
		for i := range v.Parts {
			one := &v.Parts[i]
			one.Text = replaceTyped(one.Text, typed, right)
			for j := range one.Cards {
				card := &one.Cards[j]
				card.Title, card.Text = replaceTyped(card.Title, typed, right), replaceTyped(card.Text, typed, right)
			}
		}
	}
}

// moved moves one of some things up or down, or takes it out.
func moved[T any](all []T, do string, i int) []T {
	switch {
	case i >= len(all):
	case do == "remove":
		return slices.Delete(all, i, i+1)
	case do == "up" && i > 0:
		all[i-1], all[i] = all[i], all[i-1]
	case do == "down" && i < len(all)-1:
		all[i+1], all[i] = all[i], all[i+1]
	}
	return all
}

// add adds a part of a kind; a card is that of the item that card names, such as news:12.
func (v *rendition) add(kind, card string) {
	one := part{Kind: partKind(kind)}
	switch one.Kind {
	case partText, partPicture:
	case partCards:
		one.Cards = []cardForm{{}}
	default:
		var of string
		of, one.Ref, _ = strings.Cut(card, ":")
		one.Kind = partKind(of)
		if !slices.Contains(itemKinds, one.Kind) {
			return
		}
	}
	v.Parts = append(v.Parts, one)
}

// addRendition begins another language with what the Japanese says: what is to be written anew is seen, and a card
// of an item is drawn in that language.
func (w *composing) addRendition(l ippo.Language) {
	if !ippo.IsLanguage(l) || slices.ContainsFunc(w.renditions, func(v rendition) bool { return v.Language == l }) {
		return
	}
	parts := slices.Clone(w.renditions[0].Parts)
	for i, one := range parts {
		parts[i].Cards = slices.Clone(one.Cards)
	}
	w.renditions = append(w.renditions, rendition{Language: l, Parts: parts})
}

// partsOf shows messages, as they were written, as parts: what can be filled in here can be changed, the rest is
// kept as it is.
func (p *Panel) partsOf(ctx context.Context, written []ippo.Message) ([]part, error) {
	parts := make([]part, len(written))
	for i, m := range written {
		var err error
		if parts[i], err = p.partOf(ctx, m); errors.Is(err, ippo.ErrNotFound) {
			parts[i] = part{Kind: partKept} // its picture is gone
		} else if err != nil {
			return nil, err
		}
		if parts[i].Kind == partKept {
			parts[i].Ref = m.Fingerprint()
		}
	}
	return parts, nil
}

func (p *Panel) partOf(ctx context.Context, m ippo.Message) (part, error) {
	var head struct{ Type, Text string }
	if json.Unmarshal(m, &head) == nil && head.Type == "text" && plainText(m) {
		return part{Kind: partText, Text: head.Text}, nil
	}
	if code := messages.ReadPicture(m); code != "" {
		picture, err := p.pictureForm(ctx, code)
		return part{Kind: partPicture, Picture: picture}, err
	}
	cards, ok := messages.ReadOwnCards(m)
	if !ok {
		return part{Kind: partKept}, nil
	}
	one := part{Kind: partCards}
	for _, card := range cards {
		form := cardForm{Title: card.Title, Text: card.Text, Buttons: card.Buttons}
		if card.Picture != "" {
			var err error
			if form.Picture, err = p.pictureForm(ctx, card.Picture); err != nil {
				return part{}, err
			}
		}
		one.Cards = append(one.Cards, form)
	}
	return one, nil
}

// plainText reports whether a text message holds nothing but its text, so that writing it anew loses
// nothing.
func plainText(m ippo.Message) bool {
	var keys map[string]json.RawMessage
	return json.Unmarshal(m, &keys) == nil && len(keys) == 2
}

// message makes the LINE message of a part, in a language, and gives the part its label. A part that names nothing
// is ippo.ErrNotFound; one that is not whole yet is ippo.Problems, with a message that says so.
func (p *Panel) message(ctx context.Context, w *composing, l ippo.Language, one *part) (ippo.Message, error) {
	words := p.catalogs.In(l)
	id, _ := strconv.ParseInt(one.Ref, 10, 64) // what is no number is no item's
	switch one.Kind {
	case partText:
		return textMessage(one.Text), nil
	case partPicture:
		return p.pictureMessage(&one.Picture)
	case partCards:
		return p.cardsMessage(ctx, one.Cards)
	case partNews:
		item, err := p.Store.News(ctx, ippo.NewsID(id))
		if err != nil {
			return nil, err
		}
		one.Label = item.Title
		return messages.NewsCards(words, []ippo.News{item}, p.PublicURL), nil
	case partEvent:
		item, err := p.Store.Event(ctx, ippo.EventID(id))
		if err != nil {
			return nil, err
		}
		one.Label = item.Title
		return messages.EventCards(words, []ippo.Event{item}, p.PublicURL, p.Now()), nil
	case partCampaign:
		item, err := p.Store.Campaign(ctx, ippo.CampaignID(id))
		if err != nil {
			return nil, err
		}
		one.Label = item.Title
		return messages.CampaignCards(words, []ippo.Campaign{item}, p.PublicURL, false), nil
	case partGroup:
		item, err := p.Store.ActivityGroup(ctx, ippo.ActivityGroupID(id))
		if err != nil {
			return nil, err
		}
		one.Label = item.Name
		areas, err := p.Store.Areas(ctx)
		if err != nil {
			return nil, err
		}
		where := func(choice ippo.Choice) string {
			if choice == 0 {
				return words.Say("area.city")
			}
			return names(areas, choice)
		}
		return messages.GroupCards(words, []ippo.ActivityGroup{item}, p.PublicURL, where, p.Now()), nil
	case partKept:
		m, err := p.kept(ctx, w, one.Ref)
		if err == nil {
			one.Label = messages.Alt(m)
		}
		return m, err
	}
	return nil, ippo.ErrNotFound
}

// kept finds a message that was saved before by what it is, not by where it stands: a colleague may have moved it or
// taken it out since the writer opened the form. Of a broadcast its earlier versions are asked too. ippo.ErrNotFound if
// it is nowhere.
func (p *Panel) kept(ctx context.Context, w *composing, ref string) (ippo.Message, error) {
	earlier := []ippo.Said{w.was}
	if _, found := w.was.Find(ref); !found && w.stored != nil {
		versions, err := p.Store.BroadcastVersions(ctx, w.stored.ID)
		if err != nil {
			return nil, err
		}
		for _, b := range slices.Backward(versions) {
			earlier = append(earlier, ippo.Said{Messages: b.Messages, Renditions: b.Renditions})
		}
	}
	for _, said := range earlier {
		if m, found := said.Find(ref); found {
			return m, nil
		}
	}
	return nil, ippo.ErrNotFound
}

func (p *Panel) pictureMessage(f *pictureForm) (ippo.Message, error) {
	var found ippo.Problems
	switch {
	case f.Problem != "": // said beside it
		found.Add("", f.Problem)
	case f.Code == "":
		found.Add("", "画像を選んでください。")
	case f.Alt == "":
		found.Add("", "画像の説明を入力してください。")
	}
	if f.Code == "" {
		return textMessage("（画像をまだ選んでいません）"), found.Err()
	}
	return messages.Picture(f.Code, p.PublicURL), found.Err()
}

func (p *Panel) cardsMessage(ctx context.Context, forms []cardForm) (ippo.Message, error) {
	cards := make([]ippo.Card, len(forms))
	var found ippo.Problems
	for i, f := range forms {
		cards[i] = ippo.Card{Title: f.Title, Text: f.Text, Buttons: f.Buttons}
		if f.Picture.Problem != "" {
			found.Add("", f.Picture.Problem)
		}
		if f.Picture.Code == "" {
			continue
		}
		picture, err := p.Store.Picture(ctx, f.Picture.Code)
		if err != nil {
			return nil, err
		}
		cards[i].Picture, cards[i].Shape = picture.Code, picture.Shape()
	}
	more, err := mend(ippo.CheckCards("", cards), found)
	if err != nil {
		return nil, err
	}
	if len(cards) == 0 || slices.ContainsFunc(cards, func(c ippo.Card) bool { return c.Title == "" && c.Text == "" }) {
		return textMessage("（カードをまだ書いていません）"), more.Err()
	}
	return messages.OwnCards(cards, p.PublicURL), more.Err()
}

// textMessage is a text message as it was typed, whole: what is too long for LINE is for staff to
// shorten.
func textMessage(text string) ippo.Message {
	m, err := json.Marshal(struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}{"text", text})
	if err != nil {
		panic(fmt.Sprintf("text message: %v", err)) // a struct of two strings
	}
	return m
}

// write makes the broadcast's messages from the parts of every language. What is missing is noted once it is asked
// for; that an item is gone, always.
func (p *Panel) write(ctx context.Context, w *composing, asked bool) error {
	w.broadcast.Messages, w.broadcast.Renditions = nil, nil
	for _, v := range w.renditions {
		written := make([]ippo.Message, len(v.Parts))
		for i := range v.Parts {
			one := &v.Parts[i]
			var err error
			written[i], err = p.message(ctx, w, v.Language, one)
			if errors.Is(err, ippo.ErrNotFound) {
				one.Problem = fmt.Sprintf("%d番目のカードの元になる内容が見つかりません。外してください。", i+1)
				if one.Kind == partKept {
					one.Problem = fmt.Sprintf("%d番目のカードは、ほかの職員が外したか、書きかえました。外して保存し、要るときは作り直してください。", i+1)
				}
				w.problems.Add(fmt.Sprintf("%s[%d]", v.field(), i), one.Problem)
				written[i] = textMessage("（内容が見つかりません）")
				continue
			}
			var found ippo.Problems
			if found, err = mend(err, nil); err != nil {
				return err
			}
			for _, problem := range found {
				if asked {
					w.problems.Add(fmt.Sprintf("%s[%d]", v.field(), i), fmt.Sprintf("%s%d番目: %s", v.before(), i+1, problem.Message))
				}
			}
		}
		if v.Language == ippo.Japanese {
			w.broadcast.Messages = written
		} else {
			if w.broadcast.Renditions == nil {
				w.broadcast.Renditions = ippo.Renditions{}
			}
			w.broadcast.Renditions[v.Language] = written
		}
	}
	w.date()
	return nil
}

// date says of each language which Japanese it is made of: what its writer has compared it with, or what follows
// from what was there before.
func (w *composing) date() {
	said := w.broadcast.Said()
	said.Originals = said.Since(w.was)
	now, older := said.Original(), said.Older()
	others := w.renditions[1:]
	for i := range others {
		v := &others[i]
		if v.Compared == comparedNow || v.Compared == now {
			v.Compared = now
			said.Compare(v.Language)
		} else {
			v.Compared, v.Older = "", slices.Contains(older, v.Language)
		}
	}
	w.broadcast.Originals = said.Originals
}

// before names the language before what is said of one that is not Japanese.
func (v rendition) before() string {
	if v.Language == ippo.Japanese {
		return ""
	}
	return v.Language.Words() + "の"
}
