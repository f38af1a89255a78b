package admin

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"ippo"
)

// plan makes a sheet with one goal and one indicator in it.
func (o *office) plan() {
	o.t.Helper()
	ctx, by := o.t.Context(), o.staff[ippo.Editor].ID
	sheet, err := o.store.CreateIndicatorSheet(ctx, by, ippo.IndicatorSheet{
		Title: "協働のまちづくり計画", BaselineWord: "基準値", BaselineYear: 2023, Targets: []ippo.TargetYear{{Word: "目標値", Year: 2027}}, From: 2024, Until: 2026,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	goal, err := o.store.CreateHeading(ctx, by, ippo.Heading{Sheet: sheet.ID, Kind: ippo.HeadingGoal, Name: "基本目標① つながる"})
	if err != nil {
		o.t.Fatal(err)
	}
	_, err = o.store.CreateIndicator(ctx, by, ippo.Indicator{
		Sheet: sheet.ID, Heading: goal.ID, Name: "連携事業数", Unit: "事業", Baseline: "3事業", Targets: map[ippo.FiscalYear]string{2027: "7事業"}, Department: "協働課",
		Values: map[ippo.FiscalYear]ippo.IndicatorValue{2024: {Value: "6", Cost: "1,988"}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// upload sends a form with a file, as a browser does.
func (b *person) upload(path, file string, fields ...string) reply {
	b.o.t.Helper()
	return b.uploadAs(path, "file", file, fields...)
}

// uploadAs uploads a file by the name of its field.
func (b *person) uploadAs(path, field, file string, fields ...string) reply {
	b.o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			b.o.t.Fatal(err)
		}
	}
	if file != "" {
		part, err := w.CreateFormFile(field, "指標.csv")
		if err != nil {
			b.o.t.Fatal(err)
		}
		if _, err := part.Write([]byte(file)); err != nil {
			b.o.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.o.t.Fatal(err)
	}
	r := b.request(http.MethodPost, path)
	r.Body, r.ContentLength = http.NoBody, 0
	r, err := http.NewRequestWithContext(r.Context(), http.MethodPost, b.o.url+path, &body)
	if err != nil {
		b.o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// An editor types, two editors do not overwrite each other, an approver settles and later corrects with a reason.
func TestIndicatorFromTypingToAmending(t *testing.T) {
	o := open(t)
	o.plan()
	editor, approver := o.as(ippo.Editor), o.as(ippo.Approver)
	editor.get("/admin/indicators/1").says("令和6年度", "2024年度", "85.7%", "入力済み").saysNot("を確定")
	version := regexp.MustCompile(`name="version" value="(\d+)"`)
	seen := version.FindStringSubmatch(editor.get("/admin/indicators/1").body)[1]

	editor.post("/admin/indicators/1/values", "version", seen, "valueR6", "6", "rateR6", "よい").want(http.StatusUnprocessableEntity).says("R6の達成率は")
	editor.follow(editor.post("/admin/indicators/1/values", "version", seen, "valueR6", "7事業", "costR6", "1,988", "valueR7", "－", "asOfR7", "2026-01-31")).says("実績値を保存しました", "100.0%")
	editor.post("/admin/indicators/1/values", "version", seen, "valueR6", "8事業").want(http.StatusUnprocessableEntity).says("ほかの職員が先にこの指標を変更しました", "8事業")

	editor.post("/admin/indicators/1/freeze", "year", "R6").want(http.StatusForbidden)
	approver.get("/admin/indicators/1").says("R6（7事業）を確定")
	approver.get("/admin/sheets/1").says("R8.1.31現在")
	approver.get("/admin/indicators/1/amend?year=R6").want(http.StatusNotFound)
	approver.follow(approver.post("/admin/indicators/1/freeze", "year", "R6")).says("令和6年度の実績値を確定しました", "訂正する")
	approver.post("/admin/indicators/1/freeze", "year", "R6").want(http.StatusConflict)
	approver.post("/admin/indicators/1/freeze", "year", "いつか").want(http.StatusNotFound)
	editor.get("/admin/indicators/1").saysNot("訂正する")
	editor.get("/admin/indicators/1/amend?year=R6").want(http.StatusForbidden)

	approver.get("/admin/indicators/1/amend?year=R6").want(http.StatusOK).says("訂正の理由")
	approver.post("/admin/indicators/1/amend", "year", "R6", "value", "5事業", "cost", "1,988").want(http.StatusUnprocessableEntity).says("理由を")
	approver.follow(approver.post("/admin/indicators/1/amend", "year", "R6", "value", "5事業", "cost", "1,988", "reason", "二重に数えていた")).
		says("71.4%", "R6 実績値 7事業→5事業、 二重に数えていた")
	o.as(ippo.Administrator).get("/admin/audit").says("指標: 確定した実績値の訂正", "指標: 実績値の入力")
	editor.post("/admin/sheets/1/delete").want(http.StatusUnprocessableEntity).says("確定した実績値がある")
}

// The tree is made by hand: sheet, headings, whole, part and repetition, and what Ippo counts.
func TestIndicatorTreeByHand(t *testing.T) {
	o := open(t)
	b := o.as(ippo.Editor)
	b.post("/admin/sheets", "title", "", "baselineWord", "基準値", "from", "いつか", "until", "R9").want(http.StatusUnprocessableEntity).says("実績値の始めの年度は「R6」")
	b.post("/admin/sheets", "title", "戦略", "baselineWord", "基準値", "from", "R2", "until", "R9", "word1", "中間目標", "year1", "R12", "word2", "最終目標", "year2", "R9").
		want(http.StatusUnprocessableEntity).says("早い順に")
	b.follow(b.post("/admin/sheets", "title", "戦略", "baselineWord", "現状値", "from", "令和7年度", "until", "2027", "word1", "中間目標", "year1", "R12", "word2", "最終目標", "year2", "R17")).
		says("指標シートをつくりました", "まだありません")
	b.follow(b.post("/admin/sheets/1", "version", "1", "title", "総合戦略", "baselineWord", "現状値", "from", "R7", "until", "R9", "word1", "中間目標", "year1", "R12", "word2", "最終目標", "year2", "R17")).
		says("指標シートを保存しました", "総合戦略")
	b.follow(b.post("/admin/sheets/1/headings", "kind", "goal", "name", "基本目標①", "parent", "0"))
	b.post("/admin/sheets/1/headings", "kind", "goal", "name", "施策", "parent", "1").want(http.StatusUnprocessableEntity).says("上の段の見出しの下")
	b.get("/admin/sheets/1/headings/new?under=1").says("基本目標①")
	b.follow(b.post("/admin/sheets/1/headings", "kind", "measure", "name", "施策：つながる", "parent", "1", "text", "事業等：交流会"))
	b.follow(b.post("/admin/sheets/1/indicators", "name", "友だちの人数", "heading", "2", "span", "", "figure", "friends", "targetR12", "10人", "targetR17", "20人")).says("毎日数えています")
	b.post("/admin/sheets/1/indicators", "name", "友だち", "heading", "2", "span", "cumulative", "figure", "friends").want(http.StatusUnprocessableEntity).says("足し合わせられない")
	b.follow(b.post("/admin/sheets/1/indicators", "name", "うち転入者", "part", "1", "span", "year", "unit", "人"))
	b.follow(b.post("/admin/sheets/1/indicators", "name", "友だちの人数", "heading", "1", "again", "1", "of", "1", "sheetNo", "22")).says("再掲の指標です")
	if o.woken == 0 {
		t.Error("nobody was told to count")
	}
	if err := o.follow("Uf0000000000000000000000000000001"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.CountIndicators(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.get("/admin/sheets/1").says("施策：つながる", "事業等：交流会", "（内訳）うち転入者（単年度）", "友だちの人数（再掲）", "中間目標R12", "10.0%", "R8.3.6現在", "自動集計")
	b.follow(b.post("/admin/indicators/1", "name", "友だち", "heading", "2", "span", "", "figure", "friends", "targetR12", "5人", "targetR17", "20人", "version", "1"))
	b.post("/admin/indicators/1", "name", "友達", "heading", "2", "span", "", "figure", "friends", "version", "1").want(http.StatusConflict)
	b.get("/admin/sheets/1").says("20.0%")
	b.post("/admin/headings/1/delete").want(http.StatusUnprocessableEntity).says("先に移すか")
	b.post("/admin/indicators/1/delete").want(http.StatusUnprocessableEntity).says("内訳か再掲")
	b.follow(b.post("/admin/sheets/1/delete")).says("「総合戦略」を削除しました")
}

// A file is checked first, line by line, and changes nothing until it is sent on as it was checked.
func TestImportIndicators(t *testing.T) {
	o := open(t)
	o.plan()
	b := o.as(ippo.Editor)
	const at = "/admin/sheets/1/import"
	b.upload(at, "").want(http.StatusUnprocessableEntity).says("CSVファイルを選んでください")
	b.upload(at, "\x89PNG\r\n\xff\xff").want(http.StatusUnprocessableEntity).says("UTF-8でもShift_JISでもありません")
	b.upload(at, "指標,R20実績値,指標\nあ,1,い\n").want(http.StatusUnprocessableEntity).says("1行目: 列「R20実績値」は、このシートにありません", "列「指標」が2つ")
	b.upload(at, "指標,内訳,期間,番号,R6時点\n,,,,\nあ,はい,単年,,きょう\nい,,,99,\n,,,,\n\"う,,,,\n").want(http.StatusUnprocessableEntity).
		says("3行目: 内訳の前に", "3行目: 期間は", "3行目: R6の時点は", "4行目: 番号「99」", "何も変えていません")

	b.upload(at, "番号,基本目標,指標\n1,,連携事業数\n,基本目標① つながる,連携事業数\n,,い\n,,い\n").want(http.StatusUnprocessableEntity).says("3行目: 2行目と同じ指標です", "5行目: 4行目と同じ指標です")

	file := "基本目標,施 策,指標,内訳,目標値(R9),R6実績値,R6\n達成率,R7実績値,担当課,シートNo.\n" // a head that was broken over two lines, as sheets have it
	file = strings.Replace(file, "R6\n達成率", "\"R6\n達成率\"", 1)
	rows := "基本目標① つながる,,連携事業数,,8事業,,,9事業,,01\n" +
		"基本目標① つながる,施策：交流,交流会の参加者,,100人,\"1,009人\",1009.0%,-,協働課,02\n" +
		"基本目標① つながる,施策：交流,うち転入者,はい,10人,4校・12回,28.6%,－,,-\n"
	inSJIS, err := japanese.ShiftJIS.NewEncoder().String(file + rows)
	if err != nil {
		t.Fatal(err)
	}
	checked := b.upload(at, inSJIS).want(http.StatusOK).says("新しい指標2件", "変わる指標1件", "5行目: R6の達成率「28.6%」は、計算した「－」と違います").saysNot("1009.0%」は")
	if c, err := o.store.IndicatorContent(t.Context(), 1); err != nil || len(c.Indicators) != 1 {
		t.Fatalf("checking has changed something: %d indicators, %v", len(c.Indicators), err)
	}
	hidden := func(name string) string {
		t.Helper()
		m := regexp.MustCompile(`(?s)name="` + name + `" value="([^"]*)"`).FindStringSubmatch(checked.body)
		if m == nil {
			t.Fatalf("no field %s", name)
		}
		return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&#43;", "+").Replace(m[1])
	}
	text := hidden("text")
	taken := func() reply {
		return b.follow(b.upload(at, "", "text", text, "version", hidden("version"), "do", "import")).says("追加2、変更1", "交流会の参加者", "（内訳）うち転入者", "1009.0%", "112.5%")
	}
	taken().says("24時間以内で、シートを変えないうちなら元に戻せます。", "元に戻す")
	b.get("/admin/deleted").says("指標シートへの取り込み")
	b.follow(b.post("/admin/deleted/1/restore")).says("「協働のまちづくり計画」を元に戻しました。")
	b.get("/admin/sheets/1").saysNot("1009.0%")
	checked = b.upload(at, text)
	taken()
	b.upload(at, "", "text", text, "version", hidden("version"), "do", "import").want(http.StatusUnprocessableEntity).says("ほかの職員がこのシートを変更しました", "変わらない指標3件")

	// What was saved comes back as it was.
	saved := b.get("/admin/sheets/1/sheet.csv").want(http.StatusOK).body
	if !strings.Contains(saved, "4校・12回") || !strings.Contains(saved, `"1,009人"`) {
		t.Errorf("saved as %s", saved)
	}
	b.upload(at, saved).want(http.StatusOK).says("新しい指標0件", "変わる指標0件", "変わらない指標3件")

	if err := o.store.FreezeIndicatorValue(t.Context(), o.staff[ippo.Approver].ID, 1, 2025); err != nil {
		t.Fatal(err)
	}
	b.upload(at, "番号,指標,R7実績値\n1,連携事業数,10事業\n").want(http.StatusUnprocessableEntity).says("2行目: R7の実績値は確定しています")
	b.upload(at, saved).want(http.StatusOK).says("変わらない指標3件")
}

// seed returns one of the cities' own documents; the test is skipped where they are not at hand.
func seed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "shared", "seeds", name))
	if os.IsNotExist(err) {
		t.Skip("the cities' documents are not on this machine")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// seedRow is one indicator of a city's document.
type seedRow struct {
	part, goal, policy, policyText, measure, measureText string
	name                                                 string
	of                                                   bool // 内訳
	again                                                bool
	baseline, target                                     string
	values, rates                                        [4]string
	cost, department, remark, number                     string
}

// progressTable reads 小千谷市's table of progress.
func progressTable(text string) (rows []seedRow) {
	_, text, _ = strings.Cut(text, "備考に説明を記載した。") // behind the contents
	var at seedRow
	inTable := false
	roman := regexp.MustCompile(`^[ivx]+ `)
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		cells := strings.Split(line, "\t")
		bare := strings.ReplaceAll(strings.TrimSpace(line), "施 策：", "施策：")
		switch {
		case strings.HasPrefix(bare, "■"):
			at = seedRow{part: bare}
		case strings.HasPrefix(bare, "基本目標"):
			at = seedRow{part: at.part, goal: bare}
		case roman.MatchString(bare):
			at = seedRow{part: at.part, goal: at.goal, policy: bare}
		case strings.HasPrefix(bare, "施策："):
			at = seedRow{part: at.part, goal: at.goal, policy: at.policy, policyText: at.policyText, measure: bare}
		case strings.HasPrefix(bare, "事業等："):
			at.measureText = bare
		case strings.HasPrefix(bare, "重要業績評価指標"):
			inTable = true
			continue
		case inTable && len(cells) > 8 && cells[1] == "実績値":
			r := at
			r.name, r.of = strings.CutPrefix(cells[0], "(内訳)")
			if r.name, r.again = strings.CutSuffix(r.name, "(再掲)"); r.again {
				r.name = strings.TrimSpace(r.name)
			}
			r.baseline, r.target = cells[2], cells[3]
			copy(r.values[:], cells[4:8])
			r.cost, r.department, r.remark, r.number = cells[8], cells[10], cells[11], cells[12]
			rows = append(rows, r)
		case inTable && len(cells) > 8:
			r := &rows[len(rows)-1]
			if cells[2] != "" { // a second line of the values
				r.baseline += "\n" + cells[2]
				for n := range r.values {
					r.values[n] += "\n" + cells[4+n]
				}
				continue
			}
			copy(r.rates[:], cells[4:8])
		case bare != "" && at.policy != "" && at.measure == "":
			at.policyText = strings.TrimSpace(at.policyText + "\n" + bare)
		}
		if bare != "" && len(cells) < 8 {
			inTable = false
		}
	}
	return rows
}

// The document of 小千谷市 goes in by CSV and is held as it is: every text, every number, and 達成率 as the
// city worked it out, all but one row whose rate is not value ÷ target and is typed in.
func TestProgressTableOfACity(t *testing.T) {
	rows := progressTable(seed(t, "003_208c1c995094f331.txt"))
	if len(rows) != 84 {
		t.Fatalf("%d indicators in the document", len(rows))
	}
	o := open(t)
	_, err := o.store.CreateIndicatorSheet(t.Context(), 0, ippo.IndicatorSheet{
		Title: "総合戦略(改訂版)進捗状況一覧表", BaselineWord: "基準値", BaselineYear: 2018, Targets: []ippo.TargetYear{{Word: "目標値", Year: 2024}}, From: 2020, Until: 2024,
	})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	head := []string{"区分", "基本目標", "政策", "政策の説明", "施策", "施策の説明", "指標", "内訳", "再掲", "再掲のもと", "基準値", "目標値R6"}
	for _, y := range []string{"R2", "R3", "R4", "R5"} {
		head = append(head, y+"実績値", y+"達成率", y+"達成率（手入力）")
	}
	if err := w.Write(append(head, "R5事業費（千円）", "担当課", "備考", "シートNo.")); err != nil {
		t.Fatal(err)
	}
	mark := map[bool]string{true: "はい"}
	above := map[string]bool{}
	for _, r := range rows {
		of := ""
		if r.again && above[r.name] {
			of = r.name
		}
		above[r.name] = true
		cells := []string{r.part, r.goal, r.policy, r.policyText, r.measure, r.measureText, r.name, mark[r.of], mark[r.again], of, r.baseline, r.target}
		for n := range r.values {
			typed := ""
			if r.name == "留学生との交流事業/年（小中学校）" {
				typed = r.rates[n]
			}
			cells = append(cells, r.values[n], r.rates[n], typed)
		}
		if err := w.Write(append(cells, r.cost, r.department, r.remark, r.number)); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	editor := o.as(ippo.Editor)
	editor.upload("/admin/sheets/1/import", file.String()).want(http.StatusOK).says("新しい指標84件").saysNot("計算した")
	editor.follow(editor.upload("/admin/sheets/1/import", "", "text", file.String(), "version", "1", "do", "import")).says("追加84、変更0")

	content, err := o.store.IndicatorContent(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, section := range content.Sections() {
		for _, i := range section.Indicators {
			r := rows[n]
			n++
			path := ""
			for _, h := range content.Path(i.Heading) {
				path += h.Name + "|" + h.Text + "|"
			}
			want := ""
			for _, h := range [][2]string{{r.part}, {r.goal}, {r.policy, r.policyText}, {r.measure, r.measureText}} {
				if h[0] != "" {
					want += h[0] + "|" + h[1] + "|"
				}
			}
			is := fmt.Sprint(path, i.Name, i.Part != 0, i.Again, i.Baseline, i.Targets[2024], i.Values[2023].Cost, i.Department, i.Remark, i.SheetNo)
			if was := fmt.Sprint(want, r.name, r.of, r.again, r.baseline, r.target, r.cost, r.department, r.remark, r.number); is != was {
				t.Errorf("held as\n%s\nand stands in the document as\n%s", is, was)
			}
			for k, y := range []ippo.FiscalYear{2020, 2021, 2022, 2023} {
				if v := i.Values[y].Value; v != r.values[k] {
					t.Errorf("%s in %s is %q, in the document %q", i.Name, y.Short(), v, r.values[k])
				}
				if rate := i.Rate(y); !sameRate(rate, r.rates[k]) {
					t.Errorf("%s in %s: 達成率 is %s, in the document %s", i.Name, y.Short(), rate, r.rates[k])
				}
			}
		}
	}
	if n != len(rows) {
		t.Errorf("%d indicators on the sheet", n)
	}
	page := editor.get("/admin/sheets/1").want(http.StatusOK).says("施策：キャリア教育の推進", "（内訳）新規就農支援", "錦鯉の海外展示出展数（再掲）", "1,537,321", "374.9%", "H302018年度")
	t.Logf("the page takes %d kB", len(page.body)/1000)
	editor.upload("/admin/sheets/1/import", editor.get("/admin/sheets/1/sheet.csv").body).want(http.StatusOK).says("新しい指標0件", "変わる指標0件")
}

// The plans of 長岡市 and 横手市: two years of targets, what a present value is of, two kinds of indicators.
func TestPlansOfTwoCities(t *testing.T) {
	o := open(t)
	ctx := t.Context()
	sheet, err := o.store.CreateIndicatorSheet(ctx, 0, ippo.IndicatorSheet{
		Title: "総合計画", BaselineWord: "現状値", BaselineYear: 2025, Targets: []ippo.TargetYear{{Word: "中間目標", Year: 2030}, {Word: "最終目標", Year: 2035}}, From: 2025, Until: 2035,
	})
	if err != nil {
		t.Fatal(err)
	}
	table := regexp.MustCompile(`(?m)^\| ([^|]+?) \| ([0-9.]+%) \| ([0-9.]+%) \| ([0-9.]+%) \|$`).FindAllStringSubmatch(seed(t, "001_584f9b661ed4cc87.txt"), -1)
	if len(table) != 2 {
		t.Fatalf("%d indicators of 長岡市", len(table))
	}
	for _, m := range table {
		i, err := o.store.CreateIndicator(ctx, 0, ippo.Indicator{
			Sheet: sheet.ID, Name: m[1], Baseline: m[2], Targets: map[ippo.FiscalYear]string{2030: m[3], 2035: m[4]},
			Values: map[ippo.FiscalYear]ippo.IndicatorValue{2026: {Value: m[2]}, 2031: {Value: m[2]}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if i.Rate(2026) != ippo.Achievement(m[2], m[3]) || i.Rate(2031) != ippo.Achievement(m[2], m[4]) {
			t.Errorf("%s: %s, %s", i.Name, i.Rate(2026), i.Rate(2031))
		}
	}
	o.as(ippo.Viewer).get("/admin/sheets/1").says(table[0][1], "中間目標R12", "最終目標R17", "55.6%", "65.0%")

	yokote := seed(t, "004_be1fb84c6864e1f2.txt")
	sheet, err = o.store.CreateIndicatorSheet(ctx, 0, ippo.IndicatorSheet{
		Title: "総合計画 基本目標6", BaselineWord: "現状値", Targets: []ippo.TargetYear{{Word: "目標値", Year: 2030}}, From: 2025, Until: 2030,
	})
	if err != nil {
		t.Fatal(err)
	}
	measure, err := o.store.CreateHeading(ctx, 0, ippo.Heading{Sheet: sheet.ID, Kind: ippo.HeadingMeasure, Name: "施策 6-2 情報共有環境の充実と迅速な情報発信"})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct{ set, name, note, is, target string }{
		{"まちづくり指標", "「広報・広聴の推進」に対する市民満足度", "過去5年平均", "64.8点", "71.3点"},
		{"施策の成果指標", "横手市公式SNS登録者数", "直近値", "28,568人", "34,700人"},
	} {
		for _, text := range []string{one.set, one.name, one.note, one.is, one.target} {
			if !strings.Contains(yokote, text) {
				t.Fatalf("%q is not in the document", text)
			}
		}
		set, err := o.store.CreateHeading(ctx, 0, ippo.Heading{Sheet: sheet.ID, Parent: measure.ID, Kind: ippo.HeadingSet, Name: one.set})
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.store.CreateIndicator(ctx, 0, ippo.Indicator{
			Sheet: sheet.ID, Heading: set.ID, Name: one.name, Baseline: one.is, BaselineNote: one.note, Targets: map[ippo.FiscalYear]string{2030: one.target},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	o.as(ippo.Viewer).get("/admin/sheets/2").says("まちづくり指標", "施策の成果指標", "28,568人直近値", "34,700人", "64.8点過去5年平均")
}

// Whatever a file holds, reading it ends with rows that can be kept or with words about what is wrong.
func FuzzReadIndicators(f *testing.F) {
	f.Add("指標,内訳,R6実績値\nあ,,1件\nい,はい,\"4校\n12回\"\n")
	f.Add("番号,指標,再掲,再掲のもと,集計\n1,連携事業数,はい,あ,friends\n")
	f.Add("施策の説明,指標\n説明,\n\"")
	content := ippo.IndicatorContent{
		IndicatorSheet: ippo.IndicatorSheet{ID: 1, Title: "計画", BaselineWord: "基準値", Targets: []ippo.TargetYear{{Word: "目標値", Year: 2027}}, From: 2024, Until: 2026},
		Headings:       []ippo.Heading{{ID: 1, Sheet: 1, Kind: ippo.HeadingGoal, Name: "目標"}},
		Indicators: []ippo.Indicator{{ID: 1, Sheet: 1, Heading: 1, Name: "連携事業数", Targets: map[ippo.FiscalYear]string{2027: "7"},
			Values: map[ippo.FiscalYear]ippo.IndicatorValue{2024: {Year: 2024, Value: "6", FrozenAt: opening}}}},
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, report := readIndicators(content, []byte(text))
		if len(report.Bad) > 0 {
			return
		}
		if len(rows) == 0 || len(rows) != report.Added+report.Changed+report.Same {
			t.Errorf("%d rows, %+v", len(rows), report)
		}
		for n, r := range rows {
			if err := r.Indicator.Validate(); err != nil {
				t.Errorf("row %d cannot be kept: %v", n, err)
			}
			if r.Whole >= n || r.Again >= n {
				t.Errorf("row %d points ahead: %d, %d", n, r.Whole, r.Again)
			}
		}
		if v := content.Indicators[0].Values[2024]; v.Value != "6" {
			t.Errorf("reading has changed the sheet: %+v", v)
		}
	})
}

// The line of the target strikes no number through.
func TestChartNumbersAreReadable(t *testing.T) {
	for _, value := range []string{"50", "90", "95", "99", "100", "101", "105", "150"} {
		c, ok := drawChart("指標", []chartPoint{{label: "R6", text: value, target: "100"}, {label: "R7", text: "10", target: "100"}})
		if !ok {
			t.Fatal("nothing is drawn")
		}
		if bottom, line := c.Bars[0].TextY, c.Lines[0].Y; line > bottom-chartText && line < bottom {
			t.Errorf("of %s, the line at %v goes through what stands from %v to %v", value, line, bottom-chartText, bottom)
		}
	}
}

// However many years a chart has, its numbers stand apart from one another and within the picture, and none is cut off.
func TestChartNumbersHaveRoom(t *testing.T) {
	for _, years := range []int{2, 5, 8, 11, 16} {
		for _, text := range []string{"5人", "55.6%", "28,568人", "1,003百万円", "0か所\n0ha"} {
			var points []chartPoint
			for n := range years {
				points = append(points, chartPoint{label: fmt.Sprint("R", n), text: text, target: "30,000"})
			}
			c, ok := drawChart("指標", points)
			if !ok {
				t.Fatalf("%d times %q is not drawn", years, text)
			}
			end, shown := 0.0, 0
			for _, bar := range c.Bars {
				if bar.Value == "" {
					continue
				}
				half := textWidth(bar.Value) / 2
				if bar.TextX-half < end-0.1 || bar.TextX+half > chartWidth+0.1 || !strings.HasPrefix(text, bar.Value) {
					t.Errorf("%d times %q: %q at %v, behind %v", years, text, bar.Value, bar.TextX, end)
				}
				end, shown = bar.TextX+half, shown+1
			}
			if shown < 2 {
				t.Errorf("%d times %q: %d numbers are said", years, text, shown)
			}
		}
	}
}
