package admin

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/outside"
	"ippo/internal/personal"
)

// doubt is something about a broadcast that may be a slip, said before it leaves. It stops nobody: what is
// meant as it stands is sent as it stands.
type doubt struct {
	What    string  // what was found
	Mend    string  // what to do if it is a slip
	Presses []press // what mends it at once, in the form
}

// press is a button of the form of broadcasts (rearrange), which comes back to the place At of the page; "" for where it stands.
type press struct{ Do, Label, At string }

// maxDoubts is how many doubts of one kind are named: a text that is nothing but dates needs no more.
const maxDoubts = 5

// repeatDays is for how long the same content again is doubted.
const repeatDays = 7

// checked is what was found in what its author wrote.
type checked struct {
	Doubts  []doubt
	Hard    []hardWord
	Readers string // how many are sent each language, if there are several
	Edit    string // where the reader mends it; "" if they may not
}

// check looks through a broadcast; to say the same again is what a repeated one is for.
func (p *Panel) check(ctx context.Context, s ippo.Settings, b *ippo.Broadcast, repeat bool) (checked, error) {
	japanese, text := saidBy(b.Written()), saidBy(b.All())
	readers, err := p.Store.CountReaders(ctx, b)
	if _, err = mend(err, nil); err != nil {
		return checked{}, err
	}
	leaves := b.SendAt
	if leaves.IsZero() {
		leaves = p.Now()
	}
	found := checked{Hard: hardWordsIn(japanese), Readers: readersOf(b, readers)}
	if !repeat {
		found.Doubts = append(p.quietDoubts(s, b), dateDoubts(ippo.WrittenDates(text, leaves), leaves)...)
	}
	found.Doubts = append(found.Doubts, contactDoubts(text, s.Office)...)
	found.Doubts = append(found.Doubts, p.renditionDoubts(b, readers)...)
	if repeat || japanese == "" {
		return found, nil
	}
	before, err := p.Store.SaidSince(ctx, b, p.Now().AddDate(0, 0, -repeatDays))
	for _, same := range before {
		found.Doubts = append(found.Doubts, doubt{What: fmt.Sprintf("同じ内容を、%sに「%s」で送っています。", ippo.TimeWords(same.StartedAt), same.Title), Mend: "もう一度送ってよいか確かめてください。"})
	}
	return found, err
}

// saidBy is all that messages say to their reader.
func saidBy(all []ippo.Message) string {
	var texts []string
	for _, m := range all {
		texts = append(texts, m.Texts()...)
	}
	return strings.Join(texts, "\n")
}

// quietDoubts doubts a time at which nothing may leave. It is refused once it is saved.
func (p *Panel) quietDoubts(s ippo.Settings, b *ippo.Broadcast) []doubt {
	if b.SendAt.IsZero() || b.Emergency != "" || !s.Quiet(b.SendAt, p.Holidays) {
		return nil
	}
	open := s.Open(b.SendAt, p.Holidays)
	return []doubt{{
		What: ippo.TimeWords(b.SendAt) + "は、送れない時間です。", Mend: "送れる日時にしてください。",
		Presses: []press{{Do: "at:" + inputMoment(open), Label: "送る時を" + ippo.TimeWords(open) + "にする"}},
	}}
}

// dateDoubts doubts dates that cannot be, or are over on the day that it leaves.
func dateDoubts(dates []ippo.WrittenDate, leaves time.Time) []doubt {
	var found []doubt
	seen := map[string]bool{}
	for _, d := range dates {
		if seen[d.Text] || len(found) == maxDoubts {
			continue
		}
		seen[d.Text] = true
		switch {
		case d.Day.IsZero():
			found = append(found, doubt{What: "「" + d.Text + "」という日はありません。", Mend: "日付を直してください。"})
		case !d.Agrees():
			wrong := doubt{What: fmt.Sprintf("「%s」は%s曜日です。", d.Text, ippo.WeekdayName(d.Day.Weekday()))}
			if d.Bare { // the same words may stand behind another month, and be right
				wrong.Mend = d.Day.Format("2006年1月") + "の日付として確かめました。日付か曜日を直してください。"
			} else {
				wrong.Mend = d.Day.Format("2006年") + "の日付として確かめました。日付か曜日を直してください。"
				wrong.Presses = []press{replacing(d.Text, d.Right())}
			}
			found = append(found, wrong)
		case d.Day.Before(ippo.Day(leaves)):
			found = append(found, doubt{What: "「" + d.Text + "」は、送る日にはもう過ぎています。", Mend: "終わったことの報告でなければ、日付を直してください。"})
		}
	}
	return found
}

// contactDoubts doubts numbers and mail addresses that are not the office's.
func contactDoubts(text string, office ippo.Office) []doubt {
	var found []doubt
	data := personal.Find(text)
	own := personal.Find(office.Phone).Phones
	for _, phone := range data.Phones[:min(len(data.Phones), maxDoubts)] {
		typed := typedAs(text, phone)
		said := cmp.Or(typed, phone)
		switch {
		case slices.Contains(own, phone):
		case strings.HasPrefix(phone, "090"), strings.HasPrefix(phone, "080"), strings.HasPrefix(phone, "070"), strings.HasPrefix(phone, "060"):
			found = append(found, doubt{What: "携帯電話の番号（" + said + "）があります。", Mend: "個人の番号なら、載せてよいか本人に確かめてください。"})
		default:
			wrong := doubt{What: "センターの電話番号ではない番号（" + said + "）があります。", Mend: "正しい番号か確かめてください。"}
			if typed != "" && office.Phone != "" {
				wrong.Presses = []press{replacing(typed, office.Phone)}
			}
			found = append(found, wrong)
		}
	}
	if personal.Find(without(text, office.Address)).Address {
		found = append(found, doubt{What: "住所のような書き方があります。", Mend: "会場などの住所なら、そのままでかまいません。個人の住所なら、消してください。"})
	}
	_, domain, _ := strings.Cut(office.Email, "@")
	for _, email := range data.Emails[:min(len(data.Emails), maxDoubts)] {
		if domain == "" || !strings.HasSuffix(strings.ToLower(email), "@"+strings.ToLower(domain)) {
			found = append(found, doubt{What: "センターのものではないメールアドレス（" + email + "）があります。", Mend: "個人のものなら、載せてよいか本人に確かめてください。"})
		}
	}
	return found
}

// without is a text without what is known of it, however wide its characters are.
func without(text, known string) string {
	if known == "" {
		return text
	}
	return strings.ReplaceAll(narrow(text), narrow(known), "")
}

// renditionDoubts doubts a broadcast whose readers' own language is missing while it has others, languages that were
// not written after the Japanese, and pictures that nothing says in words.
func (p *Panel) renditionDoubts(b *ippo.Broadcast, readers map[ippo.Language]int) []doubt {
	var found []doubt
	said := b.Said()
	for _, l := range said.Older() {
		found = append(found, doubt{
			What: l.Words() + "は、日本語を変える前に書いたものです。", Mend: "日本語に合わせて直すか、読み比べて、このままでよいことを確かめてください。",
			Presses: []press{{Do: "compared:" + string(l), Label: l.Words() + "はこのままでよい"}},
		})
	}
	for _, l := range said.Renditions.Languages() {
		if untranslated(l, said.Renditions[l], said.Messages) {
			found = append(found, doubt{
				What: l.Words() + "に、日本語のままのところがあります。", Mend: l.Words() + "で書いてください。",
				Presses: []press{{Do: "remove-language:" + string(l), Label: l.Words() + "を外す"}},
			})
		}
	}
	missing := doubt{Mend: "伝わりにくい内容なら、そのことばでも書いてください。ないときは、やさしい日本語か日本語で送ります。"}
	var without []string
	for _, l := range p.catalogs.Languages() {
		if n := readers[l]; n > 0 && said.Renditions.For(l) != l {
			without = append(without, l.Words()+"で読む人が"+ippo.Comma(int64(n))+"人")
			missing.Presses = append(missing.Presses, press{"add-language:" + string(l), l.Words() + "を加える", rendition{Language: l}.Anchor()})
		}
	}
	if len(without) > 0 && !b.Audience.Unseen {
		missing.What = strings.Join(without, "、") + "います。そのことばの版がありません。"
		found = append(found, missing)
	}
	for _, l := range append([]ippo.Language{ippo.Japanese}, said.Renditions.Languages()...) {
		own := b.In(l)
		// What is not written yet has nothing to be read, and no picture either.
		shows := slices.ContainsFunc(own, func(m ippo.Message) bool { return len(m.Reading()) > 0 })
		if shows && !slices.ContainsFunc(own, func(m ippo.Message) bool { return len(m.Texts()) > 0 }) {
			found = append(found, doubt{
				What: (rendition{Language: l}).before() + "内容が画像だけです。目の見えない人や、画像が開けない人には伝わりません。", Mend: "同じ内容を文章でも書いてください。",
				Presses: []press{{"add-text:" + string(l), "文章を加える", rendition{Language: l}.Anchor()}},
			})
		}
	}
	return found
}

// untranslated reports whether messages in a language say something just as the Japanese ones do. Easy Japanese may, but
// not all of it.
func untranslated(l ippo.Language, own, japanese []ippo.Message) bool {
	same := slices.DeleteFunc(slices.Clone(own), func(m ippo.Message) bool {
		return !slices.ContainsFunc(japanese, func(of ippo.Message) bool { return bytes.Equal(m, of) })
	})
	return strings.ContainsFunc(saidBy(same), isKana) && (l != ippo.EasyJapanese || len(same) == len(own))
}

func isKana(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }

// replacing puts something else in place of what was typed, wherever it was.
func replacing(typed, right string) press {
	return press{Do: "replace:" + typed + replacedBy + right, Label: "「" + right + "」に直す"}
}

// replacedBy stands between what was typed and what comes in its place: neither numbers nor dates hold it.
const replacedBy = "→"

// typedAs finds digits in a text as somebody typed them, full-width or with signs between; "" if they are not so.
func typedAs(text, digits string) string {
	shape := strings.Join(strings.Split(digits, ""), `[^0-9\n]{0,2}`)
	at := regexp.MustCompile(shape).FindStringIndex(narrow(text))
	if at == nil {
		return ""
	}
	return narrow(text)[at[0]:at[1]]
}

// replaceTyped puts something else in place of what was typed, full-width or not, and leaves all else as it is.
func replaceTyped(text, typed, right string) string {
	plain, written, wanted := []rune(narrow(text)), []rune(text), []rune(narrow(typed))
	if len(wanted) == 0 {
		return text
	}
	isDigit := func(at int) bool { return at >= 0 && at < len(plain) && unicode.IsDigit(plain[at]) }
	var replaced strings.Builder
	for i := 0; i < len(written); {
		end := i + len(wanted)
		whole := !(isDigit(i-1) && isDigit(i)) && !(isDigit(end-1) && isDigit(end))
		if end <= len(plain) && whole && slices.Equal(plain[i:end], wanted) {
			replaced.WriteString(right)
			i = end
			continue
		}
		replaced.WriteRune(written[i])
		i++
	}
	return replaced.String()
}

// linkCheck is what the links of a broadcast said.
type linkCheck struct {
	Doubts []doubt
	Asked  int
}

// maxAsked bounds how many links of a broadcast are asked.
const maxAsked = 10

// askable are the links of a broadcast that can be asked whether they answer: our own pages need not be.
func (p *Panel) askable(b *ippo.Broadcast) []string {
	links := slices.DeleteFunc(ippo.Links(ippo.UncountLinks(b.All(), b.Links), p.PublicURL), func(link string) bool {
		return link == p.PublicURL || strings.HasPrefix(link, p.PublicURL+"/")
	})
	return links[:min(len(links), maxAsked)]
}

// checkLinks asks the links of a broadcast whether they answer.
func (p *Panel) checkLinks(ctx context.Context, b *ippo.Broadcast) linkCheck {
	links := p.askable(b)
	answers := make([]outside.Answer, len(links))
	var all sync.WaitGroup
	for i, link := range links {
		all.Go(func() { answers[i] = p.Outside.Ask(ctx, link) })
	}
	all.Wait()
	check := linkCheck{Asked: len(links)}
	for i, answer := range answers {
		switch link := links[i]; answer {
		case outside.Gone:
			check.Doubts = append(check.Doubts, doubt{What: "リンク先のページがありません: " + link, Mend: "アドレスを直してください。"})
		case outside.Silent:
			check.Doubts = append(check.Doubts, doubt{What: "リンク先から返事がありません: " + link, Mend: "ブラウザーで開けるか確かめてください。"})
		case outside.Refused:
			check.Doubts = append(check.Doubts, doubt{What: "外から開けないリンクです: " + link, Mend: "住民が開けるアドレスか確かめてください。"})
		}
	}
	return check
}

type linkCheckPage struct {
	frame
	*ippo.Broadcast
	Check linkCheck
}

// broadcastLinks is what the links said: a part of the broadcast's page for htmx, else a page of its own.
func (p *Panel) broadcastLinks(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	check := p.checkLinks(c.Request.Context(), b)
	if c.GetHeader("HX-Request") != "" {
		return p.fragment(c, "broadcast_links.html", "links", check)
	}
	return p.render(c, http.StatusOK, "broadcast_links.html", linkCheckPage{p.frame(c), b, check})
}
