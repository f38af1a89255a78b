package admin

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
	"ippo/internal/sheet"
	"ippo/store"
)

// intakeList is a list whose files are taken in.
type intakeList struct {
	Kind  ippo.IntakeKind
	Title string
	Unit  string   // 件, 人
	List  string   // the list's name
	Empty string   // the address of an empty file; "": the list is saved and written over
	Notes []string // how a file is written
	Does  string   // what happens to residents by it
	Doubt string   // what staff have to be sure of, where a row is doubted
	Sure  string   // what they say then
}

// Path is the list's address.
func (l intakeList) Path() string { return href("%s", string(l.Kind)) }

const (
	noteKey   = "「識別名」が一覧にある行は、それを変えます。空けておくと、新しく加えます。"
	noteNames = "分野や地域は名前で書き、いくつもあるときは「・」か「、」で区切ります。"
	noteTime  = "日時は「2026/4/1 10:00」のように書きます。"
	noteQuiet = "取り込んでも、だれにも通知は届きません。"

	notChanged     = "今の記録と違うところのうち、ファイルでは変えないものがあります。"
	seenNotChanged = "変わらないところを確かめた"
)

// intakeLists are the lists whose files are taken in, but for the groups, whose spreadsheets are the city's own.
func intakeLists(labels ippo.Labels) []intakeList {
	return []intakeList{
		{ippo.IntakeNews, "お知らせを取り込む", "件", "お知らせ", "", []string{noteKey, noteNames, noteTime}, noteQuiet, "", ""},
		{ippo.IntakeEvents, "イベントを取り込む", "件", "イベント", "", []string{noteKey, noteNames, noteTime}, noteQuiet, "", ""},
		{ippo.IntakeEntries, "登録経路を取り込む", "件", "登録経路", "", []string{
			"「識別名」が一覧にある行は、それを変えます。ない行は、新しく加えます。", "「転入者向け」と「使わない」は、当てはまるときに「はい」と書きます。",
		}, "配ったQRコードは、そのまま使えます。", "", ""},
		{ippo.IntakeFollowers, "友だちのタグを取り込む", "人", "友だち", "", []string{
			"変わるのは「タグ」だけです。ほかの列は、あっても読みません。",
			"「番号」は一覧のCSVにある数字です。", "「タグ」は名前で書き、いくつもあるときは「・」か「、」で区切ります。書いたタグだけがつきます。",
			"タグをすべて外すときは「なし」と書きます。空けておくと、いまのままです。",
		}, "取り込んでも、友だちには何も届きません。", "", ""},
		{ippo.IntakeAmbassadors, "電話・紙の申込を取り込む", "人", labels.Ambassador, href("ambassadors/import.csv"), []string{
			"「氏名」「ふりがな」「連絡先」「年代」は必須です。連絡先は電話番号かメールアドレスです。",
			"年代は「30代」「16歳未満」のように書きます。16歳未満の人は「保護者」も必須です。",
			"「状態」は、申込、連絡済、任命のどれかです。空けておくと申込になります。",
			"「申込日」は「2026-04-01」のように書きます。空けておくと今日になります。",
			"一覧のCSVも読めます。「番号」のある行は、その人の「メモ」だけを変えます。",
		}, noteQuiet, "同じ連絡先の人がいます。同じ人なら、その行を消してから選び直してください。", "家族など、別の人であることを確かめた"},
		{ippo.IntakeCampaigns, labels.Campaign + "を取り込む", "件", labels.Campaign, "", []string{
			noteKey,
			"変えられるのは、まだ案内を始めていないものと、案内を止めたものです。案内中のものと終わったものは、同じ内容なら残しておいてかまいません。",
			"日付は「2026/4/1」のように書きます。",
			"「案内の予定」は「毎月1日 10:00」「毎週月・木曜 9:00」「毎月第2火曜 9:00（祝日は休み）」のように書きます。",
			"「案内の宛先」は「" + labels.Ambassador + "の人」「分野が「子育て」か「福祉」で、地域が「栄」の人」のように書きます。",
			"チラシと、ほかのことばは、いまのままです。",
		}, "取り込んでも、承認されるまで友だちには見えず、案内も送られません。", "", ""},
		{ippo.IntakeConsultations, "これまでの相談を取り込む", "件", "相談", href("consultations/import.csv"), []string{
			"「受けた日時」「方法」「相談の内容」は必須です。「方法」は、窓口、電話、出前相談会のどれかです。" + noteTime,
			"「種類」は、参加、始める、続ける、補助金、運営、居場所、企業のどれかです。空けておくと未分類になります。",
			"「状態」を空けておくと完了に、「完了した日時」を空けておくと受けた日時になります。保管期間（設定）を過ぎた相談は取り込めません。",
			"「担当」は、職員の名前かメールアドレスです。名簿にいない職員のときは、空けておきます。",
			"受けた日時と内容が同じ相談は、2度は加わりません。",
			"一覧のCSVも読めます。「番号」のある行は、「担当」と「種類」を変え、「メモ」の列があれば書き足します。ほかは変えません。",
		}, noteQuiet, notChanged, seenNotChanged},
		{ippo.IntakeMatches, "団体紹介の担当とメモを取り込む", "件", "団体紹介", "", []string{
			"変わるのは「担当」だけです。「メモ」の列をつくると、職員のメモを書き足します。",
			"「番号」は一覧のCSVにある数字です。「担当」は、職員の名前かメールアドレスです。空けておくと、いまのままです。",
			"新しい紹介は、ファイルからは加えられません。ご本人の同意の記録がないためです。",
		}, noteQuiet, notChanged, seenNotChanged},
	}
}

// groupList is the list of groups.
var groupList = intakeList{Kind: ippo.IntakeGroups, Title: "団体の名簿を取り込む", Unit: "団体", List: "団体"}

func intakeListOf(kind ippo.IntakeKind, labels ippo.Labels) (intakeList, bool) {
	all := append(intakeLists(labels), groupList)
	at := slices.IndexFunc(all, func(l intakeList) bool { return l.Kind == kind })
	if at < 0 {
		return intakeList{}, false
	}
	return all[at], true
}

// intakeRoutes are the pages of these files: where one is uploaded stands beside its list.
func (p *Panel) intakeRoutes() []route {
	const get, post = http.MethodGet, http.MethodPost
	routes := []route{
		{get, "/intakes/:id", ippo.Editor, p.showIntake},
		{post, "/intakes/:id/start", ippo.Editor, p.startIntake},
		{post, "/intakes/:id/resume", ippo.Editor, p.resumeIntake},
		{get, "/intakes/:id/end", ippo.Editor, p.askEndIntake},
		{post, "/intakes/:id/end", ippo.Editor, p.endIntake},
		{get, "/intakes/:id/notes.csv", ippo.Editor, p.intakeNotes},
		{get, "/ambassadors/import.csv", ippo.Editor, p.emptySheet("ambassadors-new.csv", intake.SignUpColumns)},
		{get, "/consultations/import.csv", ippo.Editor, p.emptySheet("consultations-new.csv", intake.PastConsultationColumns)},
	}
	for _, l := range intakeLists(ippo.Labels{}) {
		at := "/" + string(l.Kind) + "/import"
		routes = append(routes,
			route{get, at, ippo.Editor, func(c *gin.Context) error { return p.uploadPage(c, l.Kind, nil) }},
			route{post, at, ippo.Editor, func(c *gin.Context) error { return p.upload(c, l.Kind) }})
	}
	return routes
}

type uploadPage struct {
	frame
	intakeList
	MaxMB   int
	Columns string
	CSV     string // the address of the list as a file
	Past    []ippo.Intake
}

func (p *Panel) uploadPage(c *gin.Context, kind ippo.IntakeKind, found ippo.Problems) error {
	ctx := c.Request.Context()
	page := uploadPage{frame: p.frame(c), MaxMB: ippo.MaxIntake >> 20}
	page.Problems = found
	page.intakeList, _ = intakeListOf(kind, page.Settings.Labels)
	page.CSV = cmp.Or(page.Empty, page.Path()+".csv")
	columns, err := intake.Columns(ctx, p.Store, kind)
	if err != nil {
		return err
	}
	page.Columns = intake.HeadWords(columns)
	by := ippo.StaffID(0)
	if store.RemitOf(ctx) != nil {
		by = page.Me.ID
	}
	if page.Past, err = p.Store.Intakes(ctx, kind, by, 10); err != nil {
		return err
	}
	return p.render(c, formStatus(found), "intake_new.html", page)
}

// maySeeIntake reports whether the reader may see a file: whoever is in a team sees their own, and what was stopped and
// they could let go on.
func (p *Panel) maySeeIntake(c *gin.Context, i ippo.Intake) bool {
	me := p.me(c)
	return store.RemitOf(c.Request.Context()) == nil || i.Staff == me.ID || i.Stopped != "" && i.Lacks(me) == ""
}

// uploadWithin is how long a large file may take to come.
const uploadWithin = 15 * time.Minute

// upload keeps a file as it comes, and hands it to the job that looks at it.
func (p *Panel) upload(c *gin.Context, kind ippo.IntakeKind) error {
	ctx := c.Request.Context()
	// What answers to a deadline is the server's connection; a test without one needs none.
	connection := http.NewResponseController(c.Writer)
	_ = connection.SetReadDeadline(time.Now().Add(uploadWithin))
	_ = connection.SetWriteDeadline(time.Now().Add(uploadWithin + time.Minute))
	name, file, err := uploadedFile(c)
	var made ippo.Intake
	if err == nil {
		made, err = p.Store.AddIntake(ctx, p.me(c).ID, kind, name, file)
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		err = ippo.Problems{{Field: "file", Message: fmt.Sprintf("ファイルは%dMBまでです。", ippo.MaxIntake>>20)}}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = ippo.Problems{{Field: "file", Message: "ファイルが最後まで届きませんでした。もう一度選んでください。"}}
	}
	found, err := mend(err, nil)
	if err != nil {
		return err
	}
	p.Wake() // also where there is something to delete
	if found != nil {
		if file != nil {
			_, _ = io.Copy(io.Discard, file) // or a browser that is still sending does not read the answer
		}
		return p.uploadPage(c, kind, found)
	}
	return p.redirect(c, "ファイルを受け取りました。まだ何も変えていません。", href("intakes/%d", made.ID))
}

// uploadedFile is the file of the form as it comes, and its name.
func uploadedFile(c *gin.Context) (name string, file io.Reader, err error) {
	none := ippo.Problems{{Field: "file", Message: "CSVファイルを選んでください。"}}
	form, err := c.Request.MultipartReader()
	if err != nil {
		return "", nil, none
	}
	for {
		part, err := form.NextPart()
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return "", nil, err
		}
		if err != nil {
			return "", nil, none
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return cutRunes(filepath.Base(part.FileName()), 80), part, nil
		}
	}
}

// intake is the file that the address names, and its list.
func (p *Panel) intake(c *gin.Context) (i ippo.Intake, l intakeList, err error) {
	id, err := pathID[ippo.IntakeID](c)
	if err != nil {
		return i, l, err
	}
	if i, err = p.Store.Intake(c.Request.Context(), id); err != nil {
		return i, l, err
	}
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return i, l, err
	}
	l, known := intakeListOf(i.Kind, settings.Labels)
	module := moduleOf(string(i.Kind))
	if !known || !p.maySeeIntake(c, i) || i.State == ippo.IntakeLoading || module != "" && !settings.Has(module) {
		return i, l, ippo.ErrNotFound
	}
	return i, l, nil
}

// intakePage is one file: what it would do, or has done.
type intakePage struct {
	frame
	intakeList
	Intake ippo.Intake
	Bad    []ippo.IntakeNote
	Doubts []ippo.IntakeNote
	More   bool // there is more to be said than is shown
	Poll   int  // ask again after so many seconds; 0: not

	Starter string // of what was stopped
	MayGoOn bool   // with what was stopped
}

// Is reports whether the file stands so.
func (p intakePage) Is(state string) bool { return string(p.Intake.State) == state }

func (p *Panel) showIntake(c *gin.Context) error {
	i, l, err := p.intake(c)
	if err != nil {
		return err
	}
	if i.State == ippo.IntakeDraft {
		return p.redirect(c, "", href("groups/import/%d", i.ID))
	}
	return p.intakePage(c, i, l, nil)
}

func (p *Panel) intakePage(c *gin.Context, i ippo.Intake, l intakeList, found ippo.Problems) error {
	page := intakePage{frame: p.frame(c), intakeList: l, Intake: i}
	page.Problems, page.Section = found, string(l.Kind)
	switch {
	case i.Stopped != "":
		starter, err := p.Store.StaffMember(c.Request.Context(), i.Staff)
		if err != nil {
			return err
		}
		page.Starter, page.MayGoOn = starter.Name, i.Lacks(page.Me) == ""
	case page.Is("checking"), page.Is("waiting"):
		page.Poll = 1
	}
	notes, err := p.Store.IntakeNotes(c.Request.Context(), i.ID, maxImportProblems+1)
	if err != nil {
		return err
	}
	if page.More = len(notes) > maxImportProblems; page.More {
		notes = notes[:maxImportProblems]
	}
	for _, n := range notes {
		if n.Doubt {
			page.Doubts = append(page.Doubts, n)
		} else {
			page.Bad = append(page.Bad, n)
		}
	}
	if c.GetHeader("HX-Request") != "" {
		return p.fragment(c, "intake.html", "intake-state", page)
	}
	return p.render(c, formStatus(found), "intake.html", page)
}

// startIntake hands a file that was looked at to its job.
func (p *Panel) startIntake(c *gin.Context) error {
	i, l, err := p.intake(c)
	if err != nil {
		return err
	}
	var found ippo.Problems
	switch {
	case i.State != ippo.IntakeChecked:
		return ippo.ErrConflict
	case i.Bad > 0:
		found.Add("", "直すところがあります。ファイルを直して、選び直してください。")
	case !i.Changes():
		found.Add("", "取り込むものがありません。")
	}
	if i.Kind == ippo.IntakeAmbassadors && i.Added > 0 && !formOn(c, "consent") {
		found.Add("consent", "全員の同意を確かめてから、取り込んでください。")
	}
	if i.Doubts > 0 && !formOn(c, "same") {
		found.Add("same", "「"+l.Sure+"」に印をつけてから、取り込んでください。")
	}
	if found != nil {
		return p.intakePage(c, i, l, found)
	}
	if err := p.Store.StartIntake(c.Request.Context(), p.me(c).ID, i, fmt.Sprintf("追加%d%s・変更%d%s", i.Added, l.Unit, i.Changed, l.Unit)); err != nil {
		return err
	}
	p.Wake()
	return p.redirect(c, "取り込みを始めました。画面を閉じても続きます。", href("intakes/%d", i.ID))
}

// stopped is a file that was stopped and that the reader could let go on. ippo.ErrConflict: it was not, or does already.
func (p *Panel) stopped(c *gin.Context) (ippo.Intake, error) {
	i, _, err := p.intake(c)
	switch {
	case err != nil:
		return i, err
	case i.Stopped == "":
		return i, ippo.ErrConflict
	case i.Lacks(p.me(c)) != "":
		return i, ippo.ErrForbidden
	}
	return i, nil
}

// resumeIntake goes on with a file that was stopped.
func (p *Panel) resumeIntake(c *gin.Context) error {
	i, err := p.stopped(c)
	if err != nil {
		return err
	}
	if err := p.Store.ResumeIntake(c.Request.Context(), p.me(c).ID, i); err != nil {
		return err
	}
	p.Wake()
	return p.redirect(c, "取り込みを続けます。画面を閉じても続きます。", href("intakes/%d", i.ID))
}

func (p *Panel) askEndIntake(c *gin.Context) error {
	i, err := p.stopped(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "取り込みを終える", Question: "「" + i.Name + "」の取り込みを、ここで終えますか。",
		Detail: fmt.Sprintf("取り込んだ%s行はそのまま残ります。残りの%s行は取り込まず、ファイルを消します。元に戻せません。", ippo.Comma(int64(i.Done)), ippo.Comma(int64(i.Rows-i.Done))),
		Button: "ここで終える", Icon: "stop", Back: href("intakes/%d", i.ID),
	}, nil)
}

// endIntake ends a file that was stopped for good.
func (p *Panel) endIntake(c *gin.Context) error {
	i, err := p.stopped(c)
	if err != nil {
		return err
	}
	if err := p.Store.AbandonIntake(c.Request.Context(), p.me(c).ID, i); err != nil {
		return err
	}
	return p.redirect(c, "取り込みを終えました。", href("intakes/%d", i.ID))
}

// intakeNotes saves what is to be said of a file's rows, for whoever mends it.
func (p *Panel) intakeNotes(c *gin.Context) error {
	i, _, err := p.intake(c)
	if err != nil {
		return err
	}
	notes, err := p.Store.IntakeNotes(c.Request.Context(), i.ID, 0)
	if err != nil {
		return err
	}
	w, err := beginCSV(c, fmt.Sprintf("mistakes-%d.csv", i.ID), "行", "内容")
	if err != nil {
		return nil
	}
	for _, n := range notes {
		if err := w.Row(strconv.Itoa(n.Line), n.Words); err != nil {
			return nil
		}
	}
	w.Flush()
	return nil
}

// emptySheet is a sheet to be filled in.
func (p *Panel) emptySheet(name string, columns []string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		var file bytes.Buffer
		w, err := sheet.NewWriter(&file, columns...)
		if err == nil {
			err = w.Flush()
		}
		if err != nil {
			return err
		}
		c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
		c.Data(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
		return nil
	}
}
