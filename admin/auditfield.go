package admin

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"ippo"
)

// auditFields are the fields of content and settings as staff call them in the audit log.
var auditFields = map[string]string{
	"name": "名前", "email": "メールアドレス", "role": "役割", "disabled": "使えない",

	"slug": "識別名", "kind": "種類", "title": "題名", "summary": "概要", "body": "本文", "topics": "分野（内部の番号）", "areas": "地域（内部の番号）",
	"url": "リンク", "status": "状態", "publish_at": "公開の日時", "published_at": "はじめて公開した日時",
	"starts_at": "開始", "ends_at": "終了", "place": "場所・並び順", "capacity": "定員", "cost": "費用", "contact": "連絡先（公開）",
	"kana": "ふりがな", "weekdays": "曜日", "parts": "時間帯", "times": "日時の説明", "whom": "対象", "beginners": "初めての方歓迎", "children": "子ども連れ歓迎",
	"wheelchair": "車いす", "online": "オンライン", "receiving": "募集中", "hidden": "出さない", "fee": "会費", "alone": "一人で参加", "together": "家族・友人と参加",
	"joining": "参加のしかた", "tongues": "ことば", "full": "満員", "welcome": "初めての方へ", "bring": "持ち物", "model": "モデル団体", "host": "受入の担当者",
	"confirmed_at": "最終確認", "asked_at": "確認をたずねた日時", "silent_since": "返事のない日", "asked_by": "確認の方法",
	"keywords": "ことば", "whole": "ことばだけのとき", "card": "カード", "off": "使わない",
	"question": "質問", "answer": "答え", "synonyms": "ほかの言い方", "shown": "表示した数", "helped": "役に立った数", "failed": "役に立たなかった数",
	"story": "背景", "phrase": "声かけのことば", "phrases": "場面ごとのことば", "ask_url": "申し込みのリンク", "starts_on": "開始日", "ends_on": "終了日",
	"aim": "目標の人数", "hoped": "見込み", "reminders": "案内の文", "milestones": "節目", "thanks": "お礼のことば", "last_text": "前回の文",
	"audience": "宛先", "schedule": "予定", "active": "動いている", "held": "復元のため停止", "author_id": "作成者の番号", "approver_id": "承認者の番号", "next_due": "次の予定",
	"messages": "内容", "renditions": "ほかのことばの内容", "send_at": "送る日時", "on_call": "電話を受ける人", "emergency": "緊急の理由",
	"sign_up": "申し込みの受付", "sign_up_until": "申し込みの締切", "asks_name": "名前をたずねる", "max_party": "1回の申し込みの人数", "confirm_hours": "席を取っておく時間",
	"for_ambassadors": "アンバサダー向け", "called_off": "中止",
	"newcomer": "転入の方", "number": "番号", "names": "ほかのことばの名前", "easy": "やさしい日本語", "en": "英語", "text": "文",
	"note": "説明", "baseline_word": "基準値の呼び名", "baseline_year": "基準の年度", "targets": "目標値", "from_year": "はじめの年度", "until_year": "終わりの年度", "cost_year": "事業費の年度",
	"sheet_id": "シートの番号", "heading_id": "見出しの番号", "part_id": "内訳のもと", "again": "再掲", "of_id": "再掲のもと", "span": "期間", "unit": "単位",
	"lower": "低いほどよい", "baseline": "基準値", "baseline_note": "基準値の説明", "department": "担当課", "remark": "備考", "sheet_no": "シートNo.", "figure": "集計",
	"since_year": "集計のはじまり", "counted_on": "集計した日",

	"office.account": "LINEアカウントの名前", "office.name": "センターの名前", "office.city": "市の名前", "office.phone": "電話番号", "office.hours": "受付時間",
	"office.address": "所在地", "office.email": "知らせを受け取るメールアドレス",
	"labels.ambassador": "アンバサダーの呼び名", "labels.campaign": "作戦の呼び名", "labels.vision": "ビジョンの呼び名",
	"secondFactor": "二段階認証を必ず使う", "approvalOver": "自分で承認できる人数", "onePerson": "一人で承認する理由", "perHour": "1時間に1人に届く数", "messagePrice": "1通あたりの費用",
	"openFrom": "窓口の開く時刻", "openUntil": "窓口の閉まる時刻", "openDays": "窓口の開く曜日", "daysOff": "休館日", "unoffered": "選べなくすることば", "onCall": "窓口の時間の外に電話を受ける人",
	"quietFrom": "送らない時間のはじめ", "quietUntil": "送らない時間の終わり", "quietDaysOff": "土日・祝日にも送らない",
	"path.contactDays": "連絡までの日数", "path.appointDays": "任命までの日数",
	"digestDay": "まとめの曜日", "digestAt": "まとめの時刻", "countBrowsers": "端末の数を数える", "dangerWords": "危険なことば", "modules": "使う機能", "menu": "メニュー",
}

// sayField says a field as staff do; one that is not known is said as it is kept.
func sayField(field string) string {
	if words, known := auditFields[field]; known {
		return words
	}
	if strings.HasPrefix(field, "greetings.") {
		return "あいさつ"
	}
	if strings.HasPrefix(field, "manual.") {
		return "手引き"
	}
	for _, r := range ippo.Retentions {
		if field == "keep."+string(r.Kind) {
			return r.Words + "（日）"
		}
	}
	return field
}

// flags are the fields that are yes or no.
var flags = []string{
	"whole", "off", "disabled", "beginners", "children", "wheelchair", "online", "receiving", "hidden", "alone", "together", "full", "model", "active", "held", "newcomer", "again", "lower", "sign_up", "asks_name", "for_ambassadors",
}

var moment = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)

// sayValue says what stood in a field.
func sayValue(field, value string) string {
	switch {
	case value == "":
		return "（なし）"
	case value == "true", value == "1" && slices.Contains(flags, field):
		return "はい"
	case value == "false", value == "0" && slices.Contains(flags, field):
		return "いいえ"
	case field == "role":
		return ippo.Role(value).Words()
	case field == "modules":
		return sayModules(value)
	case moment.MatchString(value):
		if t, err := time.Parse(time.RFC3339, value); err == nil {
			return ippo.TimeWords(t)
		}
	}
	return value
}

// sayModules says a list of modules as it is kept.
func sayModules(value string) string {
	words := strings.Split(value, "、")
	for i, name := range words {
		words[i] = cmp.Or(ippo.Module(name).Words(), name)
	}
	return strings.Join(words, "、")
}
