// Package groupsheet reads spreadsheets of activity groups: those that Ippo writes itself, and those that cities have
// kept for years, with columns and words of their own.
//
// Parse makes rows of a file. Guess says what its columns may hold. A Reader makes groups of its rows, by a plan that
// staff have looked at.
package groupsheet

import (
	"slices"
	"strings"

	"ippo/internal/fold"
)

// Field is what a column holds, by the name of that column in our own sheets.
type Field string

const (
	Slug          Field = "slug"
	Name          Field = "name"
	Kana          Field = "kana"
	Summary       Field = "summary"
	Body          Field = "body"
	Topics        Field = "topics"
	Areas         Field = "areas"
	Place         Field = "place"
	Weekdays      Field = "weekdays"
	Parts         Field = "parts"
	When          Field = "when"
	Whom          Field = "whom"
	Cost          Field = "cost"
	Contact       Field = "contact"
	Beginners     Field = "beginners"
	Children      Field = "children"
	Wheelchair    Field = "wheelchair"
	Online        Field = "online"
	Receiving     Field = "receiving"
	Hidden        Field = "hidden"
	Fee           Field = "fee"
	Alone         Field = "alone"
	Together      Field = "together"
	Joining       Field = "joining"
	Languages     Field = "languages"
	Full          Field = "full"
	Welcome       Field = "welcome"
	Bring         Field = "bring"
	Model         Field = "model"
	ContactPerson Field = "contact_person"
	ContactPublic Field = "contact_public"
	ContactEmail  Field = "contact_email"
	ContactPhone  Field = "contact_phone"
	ContactPaper  Field = "contact_paper"
	ConfirmedOn   Field = "confirmed_on"
)

// FieldKind is a field with its name for staff and the headings under which cities keep it.
type FieldKind struct {
	Field    Field
	Words    string
	headings []string // folded; a heading that holds one is guessed to be the field
}

// Fields lists every field, in the order of our own sheets.
var Fields = []FieldKind{
	{Slug, "識別名", []string{"識別名"}},
	{Name, "団体名", []string{"団体名", "団体の名称", "名称", "サークル名", "クラブ名", "会の名前", "グループ名"}},
	{Kana, "ふりがな", []string{"ふりがな", "よみ", "読み", "かな"}},
	{Summary, "活動内容（一行）", []string{"活動内容", "活動概要", "活動の内容", "概要", "活動目的", "目的"}},
	{Body, "くわしい内容", []string{"詳細", "くわしい", "詳しい", "紹介", "ぴーある", "pr"}},
	{Topics, "分野", []string{"分野", "ぶんや", "かてごり", "じゃんる", "種別", "区分"}},
	{Areas, "地域", []string{"活動地域", "活動区域", "地域", "地区", "えりあ"}},
	{Place, "場所", []string{"活動場所", "場所", "会場"}},
	{Weekdays, "曜日", []string{"曜日"}},
	{Parts, "時間帯", []string{"時間帯"}},
	{When, "日時（ことばで）", []string{"活動日", "日時", "時間", "開催日"}},
	{Whom, "対象", []string{"対象"}},
	{Cost, "費用（ことばで）", []string{"費用", "会費", "参加費", "料金"}},
	{Contact, "連絡先（だれでも見られる）", []string{"連絡先", "問い合わせ", "問合せ", "問合わせ", "ほーむぺーじ", "url"}},
	{Beginners, "初めての方歓迎", []string{"初心者", "初めて", "未経験"}},
	{Children, "子ども連れ歓迎", []string{"子ども連れ", "子供連れ", "子連れ"}},
	{Wheelchair, "車いす", []string{"車いす", "車椅子", "ばりあふりー"}},
	{Online, "オンライン", []string{"おんらいん"}},
	{Receiving, "募集中", []string{"会員募集", "募集"}},
	{Hidden, "公開しない", nil},
	{Fee, "無料・有料", []string{"有料", "無料"}},
	{Alone, "一人での参加歓迎", nil},
	{Together, "家族や友人と参加できる", nil},
	{Joining, "参加のしかた（一度だけ・続けて）", nil},
	{Languages, "話せることば", []string{"言語", "外国語"}},
	{Full, "満員", []string{"満員", "定員に達"}},
	{Welcome, "初めての方へのひとこと", []string{"ひとこと", "めっせーじ"}},
	{Bring, "持ち物", []string{"持ち物", "持物"}},
	{Model, "モデル団体", nil},
	{ContactPerson, "受入の担当者（職員だけ）", []string{"担当者", "代表者", "会長"}},
	{ContactPublic, "担当者の名前を出してよい", nil},
	{ContactEmail, "担当者のメール（職員だけ）", []string{"めーる", "mail"}},
	{ContactPhone, "担当者の電話・FAX（職員だけ）", []string{"電話", "tel", "fax", "ふぁっくす"}},
	{ContactPaper, "紙か電話で連絡する", nil},
	{ConfirmedOn, "確認した日", []string{"確認日", "更新日", "登録日"}},
}

// Columns are the names of the columns of our own sheets.
func Columns() []string {
	names := make([]string, len(Fields))
	for i, f := range Fields {
		names[i] = string(f.Field)
	}
	return names
}

// Personal reports whether a field is a person's own, for staff alone.
func (f Field) Personal() bool {
	switch f {
	case ContactPerson, ContactPublic, ContactEmail, ContactPhone, ContactPaper:
		return true
	}
	return false
}

// Known reports whether a field is one of Fields.
func Known(f Field) bool {
	return slices.ContainsFunc(Fields, func(k FieldKind) bool { return k.Field == f })
}

// Guess says what a column may hold by its heading; "" when that says nothing.
func Guess(heading string) Field {
	key := fold.Key(heading)
	if key == "" {
		return ""
	}
	for _, f := range Fields {
		if key == fold.Key(string(f.Field)) || key == fold.Key(f.Words) {
			return f.Field
		}
	}
	best, longest := Field(""), 0
	for _, f := range Fields {
		for _, word := range f.headings {
			if len(word) > longest && strings.Contains(key, fold.Key(word)) {
				best, longest = f.Field, len(word)
			}
		}
	}
	if best == Contact && (strings.Contains(key, "代表") || strings.Contains(key, "担当")) {
		return ContactPhone // a person's own: for staff, until they say otherwise
	}
	return best
}
