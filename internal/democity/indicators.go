package democity

import (
	"context"

	"ippo"
)

// planned is an indicator of the town's plan. Texts of years stand from three years ago to the last one.
type planned struct {
	name       string
	part       bool
	again      string // the name of the one that it repeats
	span       ippo.IndicatorSpan
	unit       string
	lower      bool
	baseline   string
	middle     string // target of the year after next
	last       string // target of three years later
	values     [3]string
	costs      [3]string
	department string
	remark     string
	number     string
	figure     ippo.FigureKey
}

// measure is a heading of the town's plan with what stands under it.
type measure struct {
	kind       ippo.HeadingKind
	name, text string
	indicators []planned
}

var townPlan = []measure{
	{ippo.HeadingGoal, "基本目標① 市民がつながり、支え合うまち", "地域の活動に気軽に加われるきっかけをつくり、一人ひとりの一歩を後押しします。", []planned{
		{name: "市民活動に参加した人の割合【市民意識調査】", unit: "%", baseline: "18.7%", middle: "20.0%", last: "25.0%", values: [3]string{"18.9%", "19.2%", "19.8%"}, department: "協働推進課", number: "01"},
		{name: "市民活動団体が新しく迎えた会員", span: ippo.SpanCumulative, unit: "人", baseline: "0人", middle: "240人", last: "400人", values: [3]string{"38人", "91人", "152人"}, costs: [3]string{"1,200", "1,480", "1,520"}, department: "協働推進課", number: "01"},
		{name: "転入して3年以内の人", part: true, span: ippo.SpanCumulative, unit: "人", baseline: "0人", middle: "60人", last: "100人", values: [3]string{"6人", "19人", "41人"}, department: "協働推進課\n市民課", number: "01"},
	}},
	{ippo.HeadingMeasure, "施策：情報が届くしくみづくり", "事業等：公式アカウントの運営、情報誌の発行、転入者へのパンフレット", []planned{
		{name: "公式アカウントの友だち", unit: "人", baseline: "－", middle: "1,500人", last: "3,000人", values: [3]string{"－", "－", "－"}, costs: [3]string{"－", "－", "396"}, department: "市民協働センター", number: "02", figure: "friends", remark: "今年度から自動集計"},
		{name: "登録した転入者のうち、団体に参加した人の割合", unit: "%", baseline: "－", middle: "15.0%", last: "20.0%", department: "市民協働センター", number: "02", figure: "newcomers-joined"},
		{name: "相談の最初のお返事までの時間（中央値）", unit: "時間", lower: true, baseline: "－", middle: "24時間以内", last: "12時間以内", department: "市民協働センター", number: "02", figure: "consultations-answer", remark: "短いほどよい指標"},
		{name: "情報誌の設置場所", unit: "か所", baseline: "42か所", middle: "60か所", last: "70か所", values: [3]string{"45か所", "51か所", "58か所"}, costs: [3]string{"2,310", "2,346", "2,402"}, department: "広報課", number: "03"},
	}},
	{ippo.HeadingMeasure, "施策：団体の立ち上げと継続の支援", "事業等：小さな一歩応援補助金、団体の相談、講座", []planned{
		{name: "応援補助金の利用件数/年", span: ippo.SpanYear, unit: "件", baseline: "8件", middle: "15件", last: "20件", values: [3]string{"11件", "17件", "16件"}, costs: [3]string{"2,100", "3,350", "3,200"}, department: "協働推進課", number: "04"},
		{name: "相談の件数", span: ippo.SpanYear, unit: "件", baseline: "64件", middle: "120件", last: "150件", values: [3]string{"71件", "83件", "96件"}, department: "市民協働センター", number: "04", figure: "consultations"},
		{name: "中間支援の指針の見直し", baseline: "－", middle: "見直し完了", values: [3]string{"－", "検討会の設置", "素案の作成"}, department: "協働推進課", remark: "現指針:H29.3策定", number: "05"},
	}},
	{ippo.HeadingGoal, "基本目標② 人が行き交い、未来をつくるまち", "離れて暮らす人にも、まちを思う人の輪を広げます。", []planned{
		{name: "転入者数（単年度）【県人口移動調査(前年10～9月)】", unit: "人", baseline: "705人", middle: "750人", last: "780人", values: [3]string{"651人", "728人", "765人"}, costs: [3]string{"－", "－", "－"}, department: "市民課", number: "－"},
	}},
	{ippo.HeadingMeasure, "施策：みんなで声をかける", "事業等：未来づくり大作戦、アンバサダーの任命", []planned{
		{name: "アンバサダーの人数", unit: "人", baseline: "－", middle: "150人", last: "300人", department: "企画政策課", number: "06", figure: "ambassadors"},
		{name: "声かけの回数（累計）", span: ippo.SpanCumulative, unit: "回", baseline: "0回", middle: "10,000回", last: "30,000回", values: [3]string{"", "", "1,250回"}, costs: [3]string{"－", "310", "455"}, department: "企画政策課", number: "06", figure: "call-outs", remark: "令和の初めの2年は準備期間"},
		{name: "情報誌の設置場所", again: "情報誌の設置場所", department: "広報課", number: "07"},
	}},
}

// indicators are what the council follows: a plan that began three years ago.
func (f *filling) indicators(ctx context.Context) error {
	f.at(f.c.ago(40, 10))
	now := ippo.FiscalYearOf(f.c.now)
	sheet, err := f.CreateIndicatorSheet(ctx, f.editor, ippo.IndicatorSheet{
		Title: "みらい市 協働のまちづくり計画 進捗状況一覧表", BaselineWord: "基準値", BaselineYear: now - 4,
		Note:    "・実績値は年度末現在の数値です。ほかの時点のものは、備考か表の中に示しています。\n・事業費は決算額（単位：千円）です。",
		Targets: []ippo.TargetYear{{Word: "中間目標", Year: now + 1}, {Word: "最終目標", Year: now + 4}}, From: now - 3, Until: now, CostYear: now - 1,
	})
	if err != nil {
		return err
	}
	var goal, whole int64
	made := map[string]ippo.IndicatorID{}
	for _, m := range townPlan {
		h := ippo.Heading{Sheet: sheet.ID, Kind: m.kind, Name: m.name, Text: m.text}
		if m.kind != ippo.HeadingGoal {
			h.Parent = ippo.HeadingID(goal)
		}
		if h, err = f.CreateHeading(ctx, f.editor, h); err != nil {
			return err
		}
		if m.kind == ippo.HeadingGoal {
			goal = int64(h.ID)
		}
		for _, p := range m.indicators {
			i := ippo.Indicator{
				Sheet: sheet.ID, Heading: h.ID, Name: p.name, Span: p.span, Unit: p.unit, Lower: p.lower, Baseline: p.baseline,
				Targets: map[ippo.FiscalYear]string{now + 1: p.middle, now + 4: p.last}, Department: p.department, Remark: p.remark, SheetNo: p.number, Figure: p.figure,
				Values: map[ippo.FiscalYear]ippo.IndicatorValue{},
			}
			if p.part {
				i.Part = ippo.IndicatorID(whole)
			}
			if p.again != "" {
				i.Again, i.Of = true, made[p.again]
			}
			for n := range p.values {
				if p.values[n] != "" || p.costs[n] != "" {
					y := now - 3 + ippo.FiscalYear(n)
					i.Values[y] = ippo.IndicatorValue{Value: p.values[n], Cost: p.costs[n]}
				}
			}
			if i, err = f.CreateIndicator(ctx, f.editor, i); err != nil {
				return err
			}
			if !p.part {
				whole = int64(i.ID)
			}
			made[p.name] = i.ID
			if err := f.settle(ctx, i, now-1); err != nil {
				return err
			}
		}
	}
	f.at(f.c.now)
	_, err = f.CountIndicators(ctx)
	return err
}

// reports are made as they were due, the latest waiting to be gone through.
func (f *filling) reports(ctx context.Context) error {
	this := ippo.MonthOf(f.c.now)
	for _, m := range []ippo.Month{this.Before(), this} {
		f.at(m.Begins())
		if _, _, err := f.MakeMonthlyReports(ctx); err != nil {
			return err
		}
	}
	f.at(f.c.now)
	made, err := f.MonthlyReports(ctx, "", 2)
	if err != nil || len(made) < 2 {
		return err
	}
	r := made[1]
	r.Summary += "\n窓口では、転入された方からの質問が多くありました。"
	if err := f.SaveMonthlyReport(ctx, f.editor, r); err != nil {
		return err
	}
	return f.FixMonthlyReport(ctx, f.approver, r.ID, r.Version+1)
}

// settle freezes what was reported to the council up to a year.
func (f *filling) settle(ctx context.Context, i ippo.Indicator, until ippo.FiscalYear) error {
	if i.Of != 0 {
		return nil
	}
	for y := until - 2; y <= until; y++ {
		if i.Values[y].Value == "" {
			continue
		}
		if err := f.FreezeIndicatorValue(ctx, f.approver, i.ID, y); err != nil {
			return err
		}
	}
	return nil
}
