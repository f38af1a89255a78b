package admin

import (
	"maps"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
)

// translationForm is what one language has of a thing, in the thing's form (訳文).
type translationForm struct {
	Language ippo.Language
	Words    string // what staff call the language
	State    translationState
	Fields   []translationField
}

// translationField is one text of it, beside the Japanese one.
type translationField struct {
	field
	Original string
}

// Long reports whether the text may have lines.
func (f translationField) Long() bool { return f.Max > 120 }

// Wrong reports whether something of it has to be mended.
func (f translationForm) Wrong() bool {
	for _, one := range f.Fields {
		if one.Problem != "" {
			return true
		}
	}
	return false
}

// translationState is how a language stands to the Japanese text.
type translationState string

const (
	translationNone  translationState = "none"
	translationWhole translationState = "whole"
	translationLacks translationState = "lacks"
	translationOlder translationState = "older"
)

// Words returns the state as staff read it.
func (s translationState) Words() string {
	switch s {
	case translationNone:
		return "なし"
	case translationLacks:
		return "一部だけ"
	case translationOlder:
		return "日本語より古い"
	}
	return "あり"
}

func stateOf(ts ippo.Translations, l ippo.Language, texts []ippo.ContentText) translationState {
	t, ok := ts[l]
	switch {
	case !ok:
		return translationNone
	case t.Older(texts):
		return translationOlder
	case t.Lacks(texts):
		return translationLacks
	}
	return translationWhole
}

// translationForms are the fields for every language that residents can choose, and for others that the thing
// has.
func (p *Panel) translationForms(ts ippo.Translations, texts []ippo.ContentText, problems ippo.Problems) []translationForm {
	var forms []translationForm
	for _, l := range translatable(p.catalogs, ts) {
		form := translationForm{Language: l, Words: l.Words(), State: stateOf(ts, l, texts)}
		for _, text := range texts {
			f := newField("translations."+string(l)+"."+text.Name, l.Words()+"の"+text.Label, ts[l].Texts[text.Name], problems)
			f.Max, f.Rows = text.MaxIn(), min(12, 3+text.MaxIn()/400)
			form.Fields = append(form.Fields, translationField{f, *text.Text})
		}
		forms = append(forms, form)
	}
	return forms
}

// translatable lists the languages that a thing can be translated into.
func translatable[T any](c *messages.Catalogs, ts map[ippo.Language]T) []ippo.Language {
	var list []ippo.Language
	known := maps.Clone(ts)
	for _, l := range c.Languages() {
		if l != ippo.Japanese {
			list = append(list, l)
		}
		delete(known, l)
	}
	return append(list, sortedLanguages(known)...)
}

// formTranslations reads the fields over the translations that a thing has. A language whose fields were not
// sent keeps what it has.
func (p *Panel) formTranslations(c *gin.Context, ts ippo.Translations, texts []ippo.ContentText) ippo.Translations {
	read := make(ippo.Translations)
	maps.Copy(read, ts)
	for _, l := range translatable(p.catalogs, ts) {
		field := "translations." + string(l)
		if _, sent := c.GetPostForm(field + "." + texts[0].Name); !sent {
			continue
		}
		t := ippo.Translation{Texts: map[string]string{}, Of: ts[l].Of, At: ts[l].At, Checked: formOn(c, field+".checked")}
		for _, text := range texts {
			if value := formText(c, field+"."+text.Name); value != "" {
				t.Texts[text.Name] = value
			}
		}
		read[l] = t
	}
	return read
}

// translationMark says in a list how a language stands.
type translationMark struct {
	Words string
	State translationState
}

// translationMarks are those of the languages that a thing has.
func translationMarks(ts ippo.Translations, texts []ippo.ContentText) []translationMark {
	var marks []translationMark
	for _, l := range sortedLanguages(ts) {
		marks = append(marks, translationMark{l.Words(), stateOf(ts, l, texts)})
	}
	return marks
}
